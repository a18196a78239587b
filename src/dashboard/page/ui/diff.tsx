/** A line of one of the texts, or of both. */
interface Line {
  kind: "same" | "gone" | "new";
  text: string;
}

/** The differences between two texts, line by line. */
export function Diff({ before, after }: { before: string; after: string }) {
  return (
    <pre class="diff">
      {linesOf(before.split("\n"), after.split("\n")).map(({ kind, text }, index) => (
        <span key={index} class={kind}>
          {kind === "same" ? "  " : kind === "gone" ? "− " : "+ "}
          {text}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

/** Based on the longest common sequence of lines. */
export function linesOf(before: readonly string[], after: readonly string[]): Line[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i]![j] =
        before[i] === after[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      lines.push({ kind: "same", text: before[i]! });
      i++;
      j++;
    } else if (i < before.length && (j === after.length || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push({ kind: "gone", text: before[i++]! });
    } else lines.push({ kind: "new", text: after[j++]! });
  }
  return lines;
}
