import { writeFileSync } from "node:fs";
import { CannotStart } from "../cannot-start.ts";
import { say } from "../command.ts";
import type { NewSecret } from "./secrets.ts";

/** Shows what the operator has to keep, before it is set: nobody could recover what nobody has seen. */
export function showSecrets(secrets: readonly NewSecret[], file: string | undefined): void {
  const kept = secrets.filter(({ keep }) => keep !== null);
  if (kept.length === 0) return;
  const lines = kept.map(({ name, value, keep }) => `# ${keep}\n${name}=${value}\n`).join("");
  if (file === undefined)
    say(`Keep these: they are shown only this once. They count once this says that they are set.\n\n${lines}`);
  else {
    try {
      writeFileSync(file, lines, { mode: 0o600, flag: "wx" });
    } catch (error) {
      throw new CannotStart(`the secrets cannot be written to ${file}: ${(error as Error).message}`);
    }
    say(`The secrets to keep are in ${file}.`);
  }
}
