import { useEffect, useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf, CallError } from "../api/problem.ts";
import { type SettingSchema, settingsSchema } from "../api/settings-schema.ts";
import { isAtLeast } from "../state/session.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Field } from "../ui/field.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { SettingField } from "./setting-field.tsx";
import { DeleteZone, PauseZone } from "./zone-danger.tsx";
import type { ZoneRead } from "./zone-read.ts";

type Values = Record<string, unknown>;

/** What has been typed and not saved, by the setting's name: text as it stands in its control. */
export type Draft = Readonly<Record<string, string>>;

/** A zone's origin and settings. What is typed is kept until it is saved or dropped, also over a reload of the page. */
export function ZoneSettings({ read, reload }: { read: ZoneRead; reload(): void }) {
  const schema = useLoaded(settingsSchema, []);
  return (
    <>
      <Loading loaded={schema} lines={8}>
        {(settings) => <Form read={read} reload={reload} settings={settings} />}
      </Loading>
      {isAtLeast("editor") && (
        <section class="card reading">
          <h2>Pause and delete</h2>
          <PauseZone zone={read.zone} reload={reload} />
          <DeleteZone zone={read.zone} />
        </section>
      )}
    </>
  );
}

interface FormProps {
  read: ZoneRead;
  reload(): void;
  settings: Readonly<Record<string, SettingSchema>>;
}

function Form({ read, reload, settings }: FormProps) {
  const { zone, etag } = read;
  const [draft, setDraft] = useDraft(zone.id);
  const [conflict, setConflict] = useState<Schemas["Zone"] | null>(null);
  const { change, problems } = changeOf(draft, settings);
  const save = useAction(async () => {
    const params = { path: { id: zone.id }, header: { "If-Match": etag } };
    try {
      await answerOf(rescdn.PATCH("/v1/zones/{id}", { params, body: change as Schemas["ZoneChange"] }));
    } catch (error) {
      if (!(error instanceof CallError) || error.shown.status !== 412) throw error;
      setConflict(await answerOf(rescdn.GET("/v1/zones/{id}", { params: { path: { id: zone.id } } })));
      return;
    }
    setDraft({});
    reload();
  });
  const isChanged = Object.keys(draft).length > 0;
  const edit = (name: string, text: string | null) => {
    const { [name]: _, ...others } = draft;
    setDraft(text === null ? others : { ...others, [name]: text });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (Object.keys(problems).length === 0) save.run();
  };
  const problemOf = (name: string) =>
    problems[name] ?? save.problem?.fields[name] ?? save.problem?.fields[`settings.${name}`];
  const mayEdit = isAtLeast("editor");
  return (
    <form class="reading" onSubmit={submit}>
      <fieldset class="card plain" disabled={!mayEdit}>
        <legend class="unseen">Settings</legend>
        {!mayEdit && <p class="hint">You may read these settings; an editor or owner may change them.</p>}
        <Field label="origin" hint="Your own server." problem={problemOf("origin")}>
          {(attributes) => (
            <input
              {...attributes}
              type="url"
              value={draft.origin ?? zone.origin}
              onInput={({ currentTarget: { value } }) => edit("origin", value === zone.origin ? null : value)}
            />
          )}
        </Field>
        {Object.entries(settings).map(([name, schema]) => (
          <SettingField
            key={name}
            name={name}
            schema={schema}
            value={(zone.settings as Values)[name]}
            draft={draft[name]}
            problem={problemOf(name)}
            edit={(text) => edit(name, text)}
          />
        ))}
      </fieldset>
      {conflict !== null && (
        <Conflict
          before={zone}
          now={conflict}
          mine={change}
          takeOver={() => {
            setConflict(null);
            reload();
          }}
        />
      )}
      {isChanged && (
        <div class="save-bar">
          <Problem problem={save.problem} />
          <AsCurl method="PATCH" path={`/v1/zones/${zone.name}`} body={change} headers={{ "If-Match": etag }} />
          <div class="buttons">
            <button type="submit" class="button" disabled={save.isRunning || Object.keys(problems).length > 0}>
              Save
            </button>
            <button type="button" class="button quiet" onClick={() => setDraft({})}>
              Drop changes
            </button>
          </div>
        </div>
      )}
    </form>
  );
}

interface ConflictProps {
  before: Schemas["Zone"];
  now: Schemas["Zone"];
  mine: Values;
  takeOver(): void;
}

/** What somebody else has changed meanwhile, beside what is about to be saved. */
function Conflict({ before, now, mine, takeOver }: ConflictProps) {
  const theirs = flat(now);
  const old = flat(before);
  const own = flat({ settings: {}, ...mine } as unknown as Schemas["Zone"]);
  const names = Object.keys(theirs).filter((name) => JSON.stringify(theirs[name]) !== JSON.stringify(old[name]));
  return (
    <div class="notice bad" role="alert">
      <p>Somebody has changed this zone since you opened it. Nothing of yours was saved yet.</p>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Before</th>
              <th scope="col">Theirs</th>
              <th scope="col">Yours</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>
                  <code>{JSON.stringify(old[name])}</code>
                </td>
                <td>
                  <code>{JSON.stringify(theirs[name])}</code>
                </td>
                <td>
                  <code>{name in own ? JSON.stringify(own[name]) : "as theirs"}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" class="button quiet" onClick={takeOver}>
        Go on from theirs, and keep what I have typed
      </button>
    </div>
  );
}

function flat({ origin, active, settings }: Schemas["Zone"]): Values {
  return { ...(origin !== undefined && { origin }), ...(active !== undefined && { active }), ...settings };
}

/** What is typed, as the body of a PATCH, and what of it cannot be one. Empty text puts a default back. */
function changeOf(draft: Draft, settings: Readonly<Record<string, SettingSchema>>) {
  const problems: Record<string, string> = {};
  const values: Values = {};
  for (const [name, text] of Object.entries(draft)) {
    if (name === "origin") continue;
    const parsed = parse(text, settings[name]);
    if (parsed.problem === null) values[name] = parsed.value;
    else problems[name] = parsed.problem;
  }
  const change: Values = {
    ...(draft.origin !== undefined && { origin: draft.origin }),
    ...(Object.keys(values).length > 0 && { settings: values }),
  };
  return { change, problems };
}

function parse(text: string, schema: SettingSchema | undefined): { value: unknown; problem: string | null } {
  if (text.trim() === "") return { value: null, problem: null };
  const isText = schema?.type === "string" || (Array.isArray(schema?.type) && schema.type.includes("string"));
  if (isText && schema?.anyOf === undefined) return { value: text, problem: null };
  try {
    return { value: JSON.parse(text), problem: null };
  } catch {
    return { value: null, problem: 'This is no JSON. Words stand in quotes: "keep".' };
  }
}

/** The draft of a zone, kept for this tab until it is saved. */
function useDraft(zone: string): [Draft, (draft: Draft) => void] {
  const key = `rescdn.draft.${zone}`;
  const [draft, setDraft] = useState<Draft>(() => JSON.parse(sessionStorage.getItem(key) ?? "{}"));
  useEffect(() => {
    if (Object.keys(draft).length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(draft));
  }, [draft]);
  return [draft, setDraft];
}
