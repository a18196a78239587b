/** The result of a check. */
export interface Finding {
  /** What was checked, in a word or two. */
  what: string;
  state: "ok" | "hint" | "bad" | "not checked";
  said: string;
  /** What to do about it. */
  todo?: string;
}

export const ok = (what: string, said: string): Finding => ({ what, state: "ok", said });
export const hint = (what: string, said: string, todo: string): Finding => ({ what, state: "hint", said, todo });
export const bad = (what: string, said: string, todo: string): Finding => ({ what, state: "bad", said, todo });
export const notChecked = (what: string, said: string): Finding => ({ what, state: "not checked", said });

/** A finding as text lines. */
export function textOf({ what, state, said, todo }: Finding): string {
  const line = `${state.toUpperCase().padEnd(11)} ${what.padEnd(12)} ${said}`;
  return todo === undefined ? line : `${line}\n${" ".repeat(25)}→ ${todo}`;
}
