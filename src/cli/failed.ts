/** A failure, as the command reports it before it ends. */
export class Failed extends Error {
  /** 1: it was refused, or failed. 2: the command was called in a way that makes no sense. */
  readonly exitCode: 1 | 2;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** Details for programs. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    sentence: string,
    {
      exitCode = 1,
      hint,
      facts = {},
    }: { exitCode?: 1 | 2; hint?: string | undefined; facts?: Record<string, unknown> } = {},
  ) {
    super(sentence);
    this.exitCode = exitCode;
    this.hint = hint;
    this.facts = facts;
  }
}

/** A mistake in how the command was called. */
export function misused(sentence: string, hint?: string): Failed {
  return new Failed(sentence, { exitCode: 2, hint });
}
