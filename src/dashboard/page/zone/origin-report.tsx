import type { OriginReport } from "../api/why.ts";
import { bytes, span } from "../ui/format.ts";
import { Story } from "./story.tsx";
import { WhyWord } from "./word.tsx";

/** What an origin answers, and what the edge would make of it. */
export function OriginAnswer({ report }: { report: OriginReport }) {
  const { asked, reachable, status, milliseconds, fallback, failure, verdict, fields, story } = report;
  return (
    <section class="stack" role="status" aria-label="What the origin answers">
      <p>
        <span class={reachable && (status ?? 500) < 400 ? "tag good" : "tag bad"}>
          {reachable ? `answers ${status}` : "not reachable"}
        </span>{" "}
        <code>{asked}</code>
        {reachable && <span class="muted"> after {milliseconds} ms</span>}
        {fallback && <span class="muted">, by the fallback origin</span>}
      </p>
      {failure !== null && <WhyWord word={failure} />}
      {verdict !== null && (
        <dl class="pairs wide">
          <dt>Kept</dt>
          <dd>
            {verdict.stored ? (
              <>
                for {span(verdict.lifetime.seconds)}{" "}
                <span class="muted">
                  by {verdict.lifetime.source === "policy" ? "the zone" : <code>{verdict.lifetime.source}</code>}
                  {verdict.lifetime.setting !== null && (
                    <>
                      , setting <code>{verdict.lifetime.setting}</code>
                    </>
                  )}
                </span>
              </>
            ) : (
              "not stored"
            )}
          </dd>
          <dt>Type</dt>
          <dd>
            <code>{verdict.content_type.sent ?? "none"}</code>
            {verdict.content_type.said !== verdict.content_type.sent && (
              <span class="muted">
                where the origin says <code>{verdict.content_type.said ?? "nothing"}</code>
              </span>
            )}
          </dd>
          <dt>Size</dt>
          <dd>{verdict.size === null ? "not stated" : bytes(verdict.size)}</dd>
          {verdict.vary.length > 0 && (
            <>
              <dt>Varies by</dt>
              <dd>{verdict.vary.join(", ")}</dd>
            </>
          )}
          {verdict.tags.length > 0 && (
            <>
              <dt>Tags</dt>
              <dd>{verdict.tags.join(", ")}</dd>
            </>
          )}
        </dl>
      )}
      {verdict?.word && <WhyWord word={verdict.word} />}
      <details>
        <summary>Step by step, with its header fields</summary>
        <Story steps={story} />
        {fields.length > 0 && <pre class="dns">{fields.map(({ name, value }) => `${name}: ${value}`).join("\n")}</pre>}
      </details>
    </section>
  );
}
