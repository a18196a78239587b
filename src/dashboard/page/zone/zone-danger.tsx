import { useLocation } from "preact-iso";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";
import { useQuestion } from "../ui/use-question.tsx";

type Zone = Schemas["Zone"];

/** A paused zone answers 403, and keeps everything that it has. */
export function PauseZone({ zone, reload }: { zone: Zone; reload(): void }) {
  const body = { active: !zone.active };
  const change = useAction(async () => {
    await answerOf(rescdn.PATCH("/v1/zones/{id}", { params: { path: { id: zone.id } }, body }));
    reload();
  });
  return (
    <div>
      <p class="hint">
        {zone.active
          ? "A paused zone answers every request with 403. Its settings and what is stored stay."
          : "The zone is paused, and answers every request with 403."}
      </p>
      <Problem problem={change.problem} />
      <div class="buttons">
        <button type="button" class="button quiet" disabled={change.isRunning} onClick={() => change.run()}>
          {zone.active ? "Pause the zone" : "Resume the zone"}
        </button>
      </div>
      <AsCurl method="PATCH" path={`/v1/zones/${zone.name}`} body={body} />
    </div>
  );
}

export function DeleteZone({ zone }: { zone: Zone }) {
  const { route } = useLocation();
  const [question, ask] = useQuestion();
  const remove = () =>
    ask({
      title: `Delete ${zone.name}?`,
      verb: "Delete the zone",
      typed: zone.name,
      text: (
        <p>
          <strong>{zone.subdomain}</strong> stops answering at once, and pages that use it break. What it has served
          stays in your usage. This cannot be undone.
        </p>
      ),
      act: async () => {
        await answerOf(rescdn.DELETE("/v1/zones/{id}", { params: { path: { id: zone.id } } }));
        route("/zones");
      },
      curl: { method: "DELETE", path: `/v1/zones/${zone.name}` },
    });
  return (
    <div>
      <div class="buttons">
        <button type="button" class="button danger" onClick={remove}>
          Delete the zone
        </button>
      </div>
      {question}
    </div>
  );
}
