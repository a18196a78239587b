import { useEffect, useState } from "preact/hooks";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../../zones/settings.ts";
import { apiSchema, type Schema } from "../api/api-schema.ts";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf, CallError } from "../api/problem.ts";
import { SchemaField } from "../schema/schema-field.tsx";
import { pruned, shapeOf } from "../schema/shape.ts";
import { isAtLeast } from "../state/session.ts";
import { AsCurl } from "../ui/as-curl.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { Conflict } from "./conflict.tsx";
import { isSame, mergePatch } from "./merge-patch.ts";
import type { ZoneRead } from "./zone-read.ts";

type Values = Readonly<Record<string, unknown>>;

/** Settings that are shown together. */
export interface Section {
  title: string;
  /** Names of settings, and `origin`. */
  names: readonly string[];
}

interface ZoneFormProps {
  read: ZoneRead;
  reload(): void;
  /** Distinguishes the drafts of a zone's forms. */
  part: string;
  /** @param all the names of all existing settings */
  sections(all: readonly string[]): readonly Section[];
}

/** A form for settings of a zone. Changes are kept until they are saved or discarded, even if the page is reloaded. */
export function ZoneForm(props: ZoneFormProps) {
  const schema = useLoaded(() => apiSchema("SettingsChange"), []);
  return (
    <Loading loaded={schema} lines={8}>
      {({ properties = {} }) => <Loaded {...props} settings={properties} />}
    </Loading>
  );
}

function Loaded({ read, reload, part, sections, settings }: ZoneFormProps & { settings: Record<string, Schema> }) {
  const { zone, etag } = read;
  const stored: Values = { origin: zone.origin, ...zone.settings };
  const [draft, setDraft] = useDraft(`${zone.id}.${part}`);
  const [conflict, setConflict] = useState<Schemas["Zone"] | null>(null);
  const change = changeOf(stored, draft, settings);
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
  const edit = (name: string, value: unknown) => {
    const { [name]: _, ...others } = draft;
    setDraft(isSame(value, stored[name]) ? others : { ...others, [name]: value });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    save.run();
  };
  const mayEdit = isAtLeast("editor");
  const shown = sections(Object.keys(settings));
  const problems = save.problem?.fields ?? {};
  const field = (name: string) =>
    name === "origin" ? (
      <TextField
        key={name}
        label="origin"
        hint="Your own server."
        type="url"
        required
        problem={problems.origin}
        value={String(draft.origin ?? zone.origin)}
        set={(text) => edit("origin", text)}
      />
    ) : (
      <SettingField
        key={name}
        name={name}
        schema={settings[name] ?? {}}
        value={name in draft ? draft[name] : stored[name]}
        edit={(value) => edit(name, value)}
        problems={problems}
      />
    );
  return (
    <form class="settings" onSubmit={submit}>
      {!mayEdit && <p class="hint">You may read these settings; an editor or owner may change them.</p>}
      {shown.length > 2 && (
        <nav class="contents" aria-label="Parts of this page">
          {shown.map(({ title }) => (
            <a key={title} href={`#${idOf(title)}`}>
              {title}
            </a>
          ))}
        </nav>
      )}
      {shown.map(({ title, names }) => (
        <fieldset key={title} id={idOf(title)} class="card plain" disabled={!mayEdit}>
          <legend class="unseen">{title}</legend>
          <h2>{title}</h2>
          {names.map(field)}
        </fieldset>
      ))}
      {conflict !== null && (
        <Conflict
          before={zone}
          now={conflict}
          mine={draft}
          takeOver={() => {
            setConflict(null);
            reload();
          }}
        />
      )}
      {Object.keys(draft).length > 0 && (
        <div class="save-bar">
          <p class="hint">
            Not saved yet:{" "}
            {Object.keys(draft).map((name) => (
              <code key={name} class="name">
                {name}
              </code>
            ))}
          </p>
          <Problem problem={save.problem} />
          <AsCurl method="PATCH" path={`/v1/zones/${zone.name}`} body={change} headers={{ "If-Match": etag }} />
          <div class="buttons">
            <button type="submit" class="button" disabled={save.isRunning}>
              Save
            </button>
            <button type="button" class="button quiet" onClick={() => setDraft({})}>
              Discard changes
            </button>
          </div>
        </div>
      )}
    </form>
  );
}

/** The anchor that links within the page lead to. */
const idOf = (title: string) => title.toLowerCase().replaceAll(" ", "-");

interface SettingFieldProps {
  name: string;
  schema: Schema;
  value: unknown;
  edit(value: unknown): void;
  problems: Readonly<Record<string, string>>;
}

/** A setting with its default, and a way to restore that. */
function SettingField({ name, schema, value, edit, problems }: SettingFieldProps) {
  const byDefault: unknown = DEFAULT_SETTINGS[name as keyof ZoneSettings];
  const kind = shapeOf(schema).kind;
  const isTyped = kind === "number" || kind === "text" || kind === "lines";
  return (
    <SchemaField
      name={name}
      schema={schema}
      value={value}
      set={edit}
      path={`settings.${name}`}
      problems={problems}
      isOptional={isTyped || byDefault === null}
      more={
        byDefault !== undefined && (
          <span>
            {kind !== "group" && (
              <>
                Default: <code>{JSON.stringify(byDefault)}</code>
              </>
            )}
            {!isSame(value ?? null, byDefault) && isAtLeast("editor") && (
              <>
                {kind !== "group" && " · "}
                <button type="button" class="link" onClick={() => edit(byDefault)}>
                  Restore the default<span class="unseen"> of {name}</span>
                </button>
              </>
            )}
          </span>
        )
      }
    />
  );
}

/**
 * What was changed, as the body of a PATCH. A default is restored with null, so that it remains the default. A value that may
 * be one of several kinds of thing is sent as a whole.
 */
function changeOf(stored: Values, { origin, ...draft }: Values, schemas: Readonly<Record<string, Schema>>): Values {
  const settings = Object.entries(draft).map(([name, typed]) => {
    const schema = schemas[name] ?? {};
    const value = pruned(schema, typed);
    const isWhole = shapeOf(schema).kind === "either";
    const isDefault = isSame(value ?? null, DEFAULT_SETTINGS[name as keyof ZoneSettings] ?? null);
    return [
      name,
      isDefault || value === undefined ? null : isWhole ? value : mergePatch(pruned(schema, stored[name]), value),
    ];
  });
  return {
    ...(origin !== undefined && { origin }),
    ...(settings.length > 0 && { settings: Object.fromEntries(settings) }),
  };
}

/** A form's draft, kept for this tab until it is saved. */
function useDraft(part: string): [Values, (draft: Values) => void] {
  const key = `rescdn.draft.${part}`;
  const [draft, setDraft] = useState<Values>(() => JSON.parse(sessionStorage.getItem(key) ?? "{}"));
  useEffect(() => {
    if (Object.keys(draft).length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(draft));
  }, [draft]);
  return [draft, setDraft];
}
