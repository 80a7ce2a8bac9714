package dev.framelabel.docs;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The messages of the product, as its source has them. In a text, {@value #GAP} stands for what is
 * known only when it runs.
 */
final class SourceMessages {
  static final String GAP = "...";

  /** A value in a format: {@code %s}, {@code %,d}, {@code %.1f}. */
  private static final Pattern PLACEHOLDER = Pattern.compile("%[-,.0-9]*[a-z]");

  private static final Set<String> LEVELS = Set.of("warn", "error");
  private static final Set<String> FINDINGS = Set.of("warning", "failed");

  /**
   * A message that a user may have to act on: a log line at WARN or ERROR, or a finding of a check.
   *
   * @param place the class, and the expression that makes the text
   */
  record Message(String place, String text) {
    /** Whether the source has no word of it at that place. */
    boolean isMadeElsewhere() {
      return text.chars().noneMatch(Character::isLetter);
    }
  }

  private final List<Message> messages = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();

  private SourceMessages() {}

  /** Reads all sources below a folder. */
  static SourceMessages read(Path folder) throws IOException {
    SourceMessages found = new SourceMessages();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
            compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        Stream<Path> paths = Files.walk(folder)) {
      List<Path> sources = paths.filter(path -> path.toString().endsWith(".java")).toList();
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      for (CompilationUnitTree unit : task.parse()) {
        String file = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
        found.new Scanner(file.replace(".java", "")).scan(unit, null);
      }
    }
    return found;
  }

  /** Returns the log lines at WARN or ERROR, and the findings that are warnings or failures. */
  List<Message> messages() {
    return List.copyOf(messages);
  }

  /** Returns every text; what is put together by {@code +} or {@code formatted} is one. */
  List<String> texts() {
    return List.copyOf(texts);
  }

  private final class Scanner extends TreeScanner<Void, Void> {
    private final String className;

    Scanner(String className) {
      this.className = className;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
      if (isFormatted(call)) {
        texts.add(text(call));
        scan(call.getArguments(), null);
        return null;
      }
      if (call.getMethodSelect() instanceof MemberSelectTree method) {
        String name = method.getIdentifier().toString();
        String receiver = method.getExpression().toString();
        boolean isLog = receiver.equals("LOG") || receiver.contains("getLogger(");
        if (isLog && LEVELS.contains(name)) {
          add(call.getArguments().get(0));
        } else if (receiver.equals("Finding") && FINDINGS.contains(name)) {
          add(call.getArguments().get(1));
        }
      }
      return super.visitMethodInvocation(call, null);
    }

    /** A log line whose text is handed over whole, as in {@code ifPresent(LOG::warn)}. */
    @Override
    public Void visitMemberReference(MemberReferenceTree method, Void nothing) {
      if (method.getQualifierExpression().toString().equals("LOG")
          && LEVELS.contains(method.getName().toString())) {
        messages.add(new Message(className + ": " + method, GAP));
      }
      return super.visitMemberReference(method, null);
    }

    private void add(ExpressionTree argument) {
      messages.add(new Message(className + ": " + argument, text(argument)));
    }

    @Override
    public Void visitBinary(BinaryTree sum, Void nothing) {
      if (sum.getKind() != Tree.Kind.PLUS) {
        return super.visitBinary(sum, null);
      }
      texts.add(text(sum));
      scanOperands(sum);
      return null;
    }

    /** A text within another one, as in a condition, is one of its own too. */
    private void scanOperands(ExpressionTree part) {
      if (part instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
        scanOperands(sum.getLeftOperand());
        scanOperands(sum.getRightOperand());
      } else if (!(part instanceof LiteralTree)) {
        scan(part, null);
      }
    }

    @Override
    public Void visitLiteral(LiteralTree literal, Void nothing) {
      if (literal.getValue() instanceof String) {
        texts.add(text(literal));
      }
      return null;
    }
  }

  /** Whether the call is {@code "...".formatted(...)}. */
  private static boolean isFormatted(ExpressionTree part) {
    return part instanceof MethodInvocationTree call
        && call.getMethodSelect() instanceof MemberSelectTree method
        && method.getIdentifier().contentEquals("formatted");
  }

  private static String text(ExpressionTree part) {
    if (isFormatted(part)) {
      MemberSelectTree method = (MemberSelectTree) ((MethodInvocationTree) part).getMethodSelect();
      return PLACEHOLDER.matcher(text(method.getExpression())).replaceAll(GAP).replace("%%", "%");
    }
    if (part instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
      return text(sum.getLeftOperand()) + text(sum.getRightOperand());
    }
    if (part instanceof ParenthesizedTree brackets) {
      return text(brackets.getExpression());
    }
    return part instanceof LiteralTree literal && literal.getValue() instanceof String words
        ? words.replace("{}", GAP)
        : GAP;
  }
}
