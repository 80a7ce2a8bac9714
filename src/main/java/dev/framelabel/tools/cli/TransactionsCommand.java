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
    description =
        "Lists and aborts open transactions: a hanging transaction blocks read_committed consumers.")
final class TransactionsCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "list",
      description =
          "Lists the open transactions, oldest first. A transaction whose producer is gone is a hanging transaction:"
              + " read_committed consumers of its partitions get no newer records until it is aborted or times out.",
      footer = {
        "",
        "Example: framelabel transactions list --prefix framelabel --bootstrap-servers kafka:9092"
      })
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
    return 0;
  }

  @Command(
      name = "abort",
      description =
          "Aborts open transactions by transactional id, so that read_committed consumers can read on. The"
              + " results in the transaction are discarded, and a running producer of this id is fenced. Use it"
              + " for a job that will not be restored from its checkpoint. If that job is restored later, it"
              + " detects the lost commit, and --on-lost-commit decides: repair (the default) publishes the"
              + " results again, fail ends the job, continue counts the loss and continues.",
      footer = {
        "",
        "Example: framelabel transactions abort framelabel.labels.-0-1 --bootstrap-servers kafka:9092"
      })
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
    return 0;
  }
}
