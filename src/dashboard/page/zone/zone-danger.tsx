import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";

type Zone = Schemas["Zone"];

/** A paused zone answers 403, and keeps all that it has. */
export function PauseZone({ zone, reload }: { zone: Zone; reload(): void }) {
  const change = useAction(async () => {
    const params = { path: { id: zone.id } };
    await answerOf(rescdn.PATCH("/v1/zones/{id}", { params, body: { active: !zone.active } }));
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
    </div>
  );
}

export function DeleteZone({ zone }: { zone: Zone }) {
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    await answerOf(rescdn.DELETE("/v1/zones/{id}", { params: { path: { id: zone.id } } }));
    route("/zones");
  };
  return (
    <div>
      <div class="buttons">
        <button type="button" class="button danger" onClick={() => setAsking(true)}>
          Delete the zone
        </button>
      </div>
      {asking && (
        <Confirm
          title={`Delete ${zone.name}?`}
          verb="Delete the zone"
          typed={zone.name}
          act={remove}
          close={() => setAsking(false)}
        >
          <p>
            <strong>{zone.subdomain}</strong> stops answering at once, and pages that use it break. What it has served
            stays in your usage. This cannot be undone.
          </p>
        </Confirm>
      )}
    </div>
  );
}
