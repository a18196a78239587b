import { ZoneForm } from "./zone-form.tsx";
import type { ZoneRead } from "./zone-read.ts";

/** A zone's edge rules, in order. */
export function ZoneRules({ read, reload }: { read: ZoneRead; reload(): void }) {
  return (
    <ZoneForm read={read} reload={reload} part="rules" sections={() => [{ title: "Edge rules", names: ["rules"] }]} />
  );
}
