import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Form } from "../ui/form.tsx";
import { SelectField } from "../ui/select-field.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";

type Quota = Schemas["Quota"];

const AT_QUOTA = [
  ["continue", "live zones go on serving"],
  ["stop", "live zones answer 429 until the month ends"],
] as const;

const GIGABYTE = 1_000_000_000;

/** The account's own caps below its plan's quota, and what happens there. */
export function QuotaCaps({ quota, saved }: { quota: Quota; saved(): void }) {
  const { requests, bytes } = quota;
  const [requestsCap, setRequestsCap] = useState(requests.cap === null ? "" : String(requests.cap));
  const [bytesCap, setBytesCap] = useState(bytes.cap === null ? "" : String(bytes.cap / GIGABYTE));
  const [atQuota, setAtQuota] = useState(quota.at_quota);
  const body = {
    requests_cap: requestsCap === "" ? null : Number(requestsCap),
    bytes_cap: bytesCap === "" ? null : Math.round(Number(bytesCap) * GIGABYTE),
    at_quota: atQuota,
  };
  const save = useAction(async () => {
    await answerOf(rescdn.PATCH("/v1/quota", { body }));
    saved();
  });
  const problems = save.problem?.fields ?? {};
  return (
    <details>
      <summary>Set caps of your own</summary>
      <Form isInside action={save} verb="Save the caps" after={<AsCurl method="PATCH" path="/v1/quota" body={body} />}>
        <TextField
          label="Requests a month"
          hint="Empty: what the plan allows."
          problem={problems.requests_cap}
          type="number"
          min={1}
          value={requestsCap}
          set={setRequestsCap}
        />
        <TextField
          label="Bandwidth a month, GB"
          hint="Of bodies, in units of 1,000,000,000 bytes. Empty: what the plan allows."
          problem={problems.bytes_cap}
          type="number"
          min={0.001}
          step={0.001}
          value={bytesCap}
          set={setBytesCap}
        />
        <SelectField
          label="When it is reached"
          problem={problems.at_quota}
          options={AT_QUOTA}
          value={atQuota}
          set={setAtQuota}
        />
      </Form>
    </details>
  );
}
