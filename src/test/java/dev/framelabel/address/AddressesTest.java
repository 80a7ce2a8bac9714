package dev.framelabel.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each piece of a secret holds {@code c4nary}, so that a part that shows is found too. */
class AddressesTest {
  private static final String CANARY = "c4nary";
  private static final String RESERVED = ":/?#[]@!$&'()*+,;=%\\ \"<>^`{|}~-._";
  private static final List<String> SCHEMES =
      List.of("rtsp://", "rtsps://", "http://", "HTTPS://", "s3+x://", "");
  private static final List<String> REST =
      List.of("door", "door:554/stream1", "[::1]:80/a?token=c4nary", "door/#c4nary", "10.0.0.5/");

  @ParameterizedTest
  @CsvSource({
    "rtsp://me:secret@door/1?key=k, rtsp://***@door/1?***",
    "http://me:s@cret@door/, http://***@door/",
    "rtsp://me:pa/ss@door/1, rtsp://***@door/1",
    "me:secret@door, ***@door",
    "http://door:8080/video.mjpg, http://door:8080/video.mjpg",
    "usb:v4l2:/dev/video0, usb:v4l2:/dev/video0",
    "/now.jpg?key=secret, /now.jpg?***"
  })
  void mask_address_leavesWhatIsNoSecret(String address, String shown) {
    assertThat(Addresses.mask(address)).isEqualTo(shown);
  }

  @Test
  void maskIn_text_staysReadable() {
    assertThat(Addresses.maskIn("cannot open rtsp://me:secret@door/1?key=k: no"))
        .isEqualTo("cannot open rtsp://***@door/1?*** no");
    assertThat(Addresses.maskIn("http://a/b does not answer; is it right?"))
        .isEqualTo("http://a/b does not answer; is it right?");
    String twice = "camera http://***@a redirects to http://***@b";
    assertThat(Addresses.maskIn(twice)).isEqualTo(twice);
  }

  @Test
  void hasPassword_userWithPasswordOnly() {
    assertThat(Addresses.hasPassword("http://me:s@cret@door/")).isTrue();
    assertThat(Addresses.hasPassword("rtsp://me@firm.com:secret@door/1")).isTrue();
    assertThat(Addresses.hasPassword("rtsp://me:pa/ss?w#rd@door/1")).isTrue();
    assertThat(Addresses.hasPassword("rtsp://me@door:554/1?time=10:00")).isFalse();
    assertThat(Addresses.hasPassword("rtsp://door:554/1")).isFalse();
  }

  /** Each two characters of ASCII, next to each other, in the user and in the password. */
  @Test
  void mask_anyTwoCharactersInUserAndPassword_showNothing() {
    for (char first = ' '; first < 127; first++) {
      for (char second = ' '; second < 127; second++) {
        String odd = "c4nary" + first + second + "c4nary";
        for (String address :
            List.of("rtsp://me:" + odd + "@door/1", "http://" + odd + ":pw-" + CANARY + "@door")) {
          assertMasked(address);
        }
      }
    }
  }

  @Property
  void mask_anySecret_showsNothing(
      @ForAll("secrets") String secret,
      @ForAll("schemes") String scheme,
      @ForAll("rests") String r) {
    assertMasked(scheme + secret + "@" + r);
  }

  /** A message about a camera names its address, its password, or only a piece of it. */
  private static void assertMasked(String address) {
    assertThat(Addresses.mask(address)).doesNotContain(CANARY);
    assertThat(Addresses.mask(Addresses.mask(address))).isEqualTo(Addresses.mask(address));
    assertThat(Addresses.maskIn("cannot open '" + address + "': no", address))
        .doesNotContain(CANARY)
        .startsWith("cannot open '");
    if (address.contains("://")) {
      assertThat(Addresses.maskIn("cannot open " + address + " now")).doesNotContain(CANARY);
      String user = address.substring(address.indexOf("://") + 3, address.lastIndexOf('@'));
      assertThat(Addresses.maskIn("user " + user + " is refused", address)).doesNotContain(CANARY);
      assertThat(Addresses.hasPassword(address)).isEqualTo(user.contains(":"));
    }
  }

  @Provide
  Arbitrary<String> schemes() {
    return Arbitraries.of(SCHEMES);
  }

  @Provide
  Arbitrary<String> rests() {
    return Arbitraries.of(REST);
  }

  @Provide
  Arbitrary<String> secrets() {
    Arbitrary<String> odd =
        Arbitraries.strings()
            .withChars(RESERVED)
            .withCharRange('\u00a1', '\u2027')
            .ofMinLength(0)
            .ofMaxLength(4);
    return Combinators.combine(odd, odd, odd)
        .as((one, two, three) -> CANARY + one + CANARY + ":" + two + CANARY + three + CANARY);
  }
}
