import type { Schemas } from "../api/client.ts";
import { isAtLeast } from "../state/session.ts";
import { bytes, count } from "../ui/format.ts";
import { Time } from "../ui/time.tsx";
import { QuotaCaps } from "./quota-caps.tsx";

/** How much of its month's quota an account has used, and what happens when it is used up. */
export function UsageQuota({ quota, changed }: { quota: Schemas["Quota"]; changed(): void }) {
  return (
    <section class="card">
      <h2>Quota of this month</h2>
      <Meter label="Requests" of={quota.requests} show={count} />
      <Meter label="Bandwidth" of={quota.bytes} show={bytes} />
      <p class="hint">
        {quota.at_quota === "stop"
          ? "When it is reached, live zones answer 429 until the month ends."
          : "When it is reached, live zones go on serving."}
        {quota.stopped_until !== null && (
          <strong class="bad">
            {" "}
            It has been reached: they are stopped until <Time at={quota.stopped_until} exact />.
          </strong>
        )}
      </p>
      {isAtLeast("owner") && <QuotaCaps quota={quota} saved={changed} />}
    </section>
  );
}

function Meter({ label, of, show }: { label: string; of: Schemas["QuotaOf"]; show(value: number): string }) {
  return (
    <div class="meter">
      <p>
        {label}: <strong>{show(of.used)}</strong> {of.quota === null ? "(no limit)" : `of ${show(of.quota)}`}
      </p>
      {of.quota !== null && <meter aria-label={label} value={of.used} max={of.quota} high={of.quota * 0.8} />}
    </div>
  );
}
