import { isAtLeast } from "../state/session.ts";
import { SigningKeys } from "./signing-keys.tsx";
import { ZoneForm } from "./zone-form.tsx";
import type { ZoneRead } from "./zone-read.ts";

/** Who may fetch anything from a zone: its access rules, signed URLs, and the keys for them. */
export function ZoneAccess({ read, reload }: { read: ZoneRead; reload(): void }) {
  return (
    <>
      <ZoneForm
        read={read}
        reload={reload}
        part="access"
        sections={() => [{ title: "Access", names: ["access", "signed_urls"] }]}
      />
      {isAtLeast("editor") && <SigningKeys zone={read.zone} />}
    </>
  );
}
