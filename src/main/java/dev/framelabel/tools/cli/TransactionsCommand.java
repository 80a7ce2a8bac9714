package dev.framelabel.tools.cli;

import dev.framelabel.kafka.admin.OpenTransactions;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code framelabel transactions}. */
@Command(
    name = "transactions",
    description = "Shows and frees what holds read_committed readers back.",
    mixinStandardHelpOptions = true)
final class TransactionsCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "list",
      description = "Lists the open transactions, the oldest first.",
      footer = {
        "",
        "Example: framelabel transactions list --prefix framelabel --bootstrap-servers kafka:9092"
      },
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int list(
      @Mixin KafkaClient client,
      @Option(
              names = "--prefix",
              paramLabel = "PREFIX",
              defaultValue = "",
              description = "List only transactional ids that start with this prefix.")
          String prefix) {
    PrintWriter out = spec.commandLine().getOut();
    List<OpenTransactions.Open> open = OpenTransactions.list(client.properties(), prefix);
    for (OpenTransactions.Open one : open) {
      out.printf(
          "%s: %s since %s, timeout %d s, on %s%n",
          one.transactionalId(),
          one.state(),
          one.since(),
          one.timeout().toSeconds(),
          String.join(", ", one.partitions()));
    }
    out.println(open.size() + " open");
    out.flush();
    return 0;
  }

  @Command(
      name = "abort",
      description =
          "Aborts transactions by their ids. Only for a job that never comes back: one that does would find its"
              + " results gone, and refuse to go on.",
      footer = {
        "",
        "Example: framelabel transactions abort framelabel.labels.-0-1 --bootstrap-servers kafka:9092"
      },
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  int abort(
      @Mixin KafkaClient client,
      @Parameters(
              paramLabel = "ID",
              arity = "1..*",
              description = "Transactional ids, as 'framelabel transactions list' prints them.")
          List<String> ids) {
    PrintWriter out = spec.commandLine().getOut();
    for (String id : ids) {
      OpenTransactions.abort(client.properties(), id);
      out.println(id + ": aborted");
    }
    out.flush();
    return 0;
  }
}
