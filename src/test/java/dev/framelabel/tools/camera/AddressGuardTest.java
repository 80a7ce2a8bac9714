package dev.framelabel.tools.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressGuardTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest",
        "rtsp://169.254.1.2/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://100.100.100.200/",
        "http://2852039166/",
        "http://0.0.0.0/",
        "rtsp://224.0.0.1/"
      })
  void check_linkLocalOrMetadataAddress_isRefusedUnlessAllowed(String address) throws Exception {
    URI uri = URI.create(address);
    assertThatThrownBy(() -> AddressGuard.STRICT.check(uri))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("--allow-link-local");
    assertThatCode(() -> new AddressGuard(true, false).check(uri)).doesNotThrowAnyException();
  }

  @Test
  void check_ordinaryAddress_isAllowed() {
    for (String address :
        new String[] {"rtsp://127.0.0.1/", "http://192.168.1.5/", "http://[::1]/"}) {
      assertThatCode(() -> AddressGuard.STRICT.check(URI.create(address)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void redirect_allowed_isCheckedAtEachStep() throws Exception {
    AddressGuard guard = new AddressGuard(false, true);
    URI from = URI.create("http://127.0.0.1/a");
    assertThat(guard.redirect(from, "/b")).hasToString("http://127.0.0.1/b");
    for (String to :
        new String[] {"file:///etc/passwd", "http://169.254.169.254/", "rtsp://127.0.0.1/"}) {
      assertThatThrownBy(() -> guard.redirect(from, to)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> guard.redirect(URI.create("https://127.0.0.1/"), "http://127.0.0.1/"))
        .hasMessageContaining("redirects to");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rtsp://me:c4nary/ry@door/1",
        "rtsp://me:c4nary#ry@door/1",
        "rtsp://me:c4nary?ry@door/1",
        "rtsp://me:c4nary ry@door/1",
        "http://me:c4nary/ry@door/1",
        "rtsp://me:c4nary",
        "rtsp://",
        "http://door:http/",
        "http://:80/"
      })
  void kind_addressWithoutHostOrWithReservedCharacters_isRefusedWithTheCure(String address) {
    assertThatThrownBy(() -> CameraAddress.kind(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("no host with a port", "percent codes")
        .hasMessageNotContaining("c4nary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rtsp://door",
        "rtsp://door:554/a@b?c#d",
        "http://me:p%2Fw@[::1]:80/",
        "rtsp://me@firm.com:pa+$s!@10.0.0.5:554/stream1",
        "HTTPS://Köln-1/x"
      })
  void kind_addressWithHost_isTaken(String address) {
    assertThatCode(() -> CameraAddress.kind(address)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://a/b", "concat:a|b", "usb:lavfi:testsrc", "usb:v4l2", "no-such-file"})
  void kind_unknownAddress_isRefused(String address) {
    assertThatThrownBy(() -> CameraAddress.kind(address))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
