import type { Schemas } from "../api/client.ts";
import { Diff } from "../ui/diff.tsx";
import { Table } from "../ui/table.tsx";
import { isSame } from "./merge-patch.ts";

type Values = Readonly<Record<string, unknown>>;

interface ConflictProps {
  before: Schemas["Zone"];
  now: Schemas["Zone"];
  /** What the person has entered, by the setting's name. */
  mine: Values;
  takeOver(): void;
}

/** What somebody else has changed meanwhile, beside what is about to be saved. */
export function Conflict({ before, now, mine, takeOver }: ConflictProps) {
  const old = flat(before);
  const theirs = flat(now);
  const names = Object.keys(theirs).filter((name) => !isSame(theirs[name], old[name]));
  return (
    <div class="notice bad stack" role="alert">
      <p>Somebody has changed this zone since you opened it. Nothing of yours has been saved yet.</p>
      <Table
        label="What has changed"
        rows={names}
        keyOf={(name) => name}
        columns={[
          { head: "Setting", cell: (name) => <code>{name}</code> },
          { head: "Before", cell: (name) => <code>{shortly(old[name])}</code> },
          { head: "Theirs", cell: (name) => <code>{shortly(theirs[name])}</code> },
          { head: "Yours", cell: (name) => <code>{name in mine ? shortly(mine[name]) : "same as theirs"}</code> },
        ]}
      />
      {names
        .filter((name) => isLong(theirs[name]) || isLong(mine[name]))
        .map((name) => (
          <section key={name}>
            <h3>
              <code>{name}</code>: from theirs to yours
            </h3>
            <Diff before={pretty(theirs[name])} after={pretty(name in mine ? mine[name] : theirs[name])} />
          </section>
        ))}
      <button type="button" class="button quiet" onClick={takeOver}>
        Continue from theirs, and keep what I have typed
      </button>
    </div>
  );
}

function flat({ origin, active, settings }: Schemas["Zone"]): Values {
  return { origin, active, ...settings };
}

const LONG = 60;

function isLong(value: unknown): boolean {
  return (JSON.stringify(value) ?? "").length > LONG;
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return isLong(value) ? `${text.slice(0, LONG - 1)}…` : text;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? "";
}
