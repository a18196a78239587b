import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { count } from "../ui/format.ts";
import { TextField } from "../ui/text-field.tsx";
import { useAction } from "../ui/use-action.ts";
import { shownOf } from "../ui/use-loaded.ts";

/** A file to upload, and its state. */
interface Upload {
  path: string;
  file: File;
  problem: string | null;
}

/** Uploads files that are chosen or dropped, one after the other, and says why any of them failed. */
export function UploadFiles({ zone, done }: { zone: Schemas["Zone"]; done(): void }) {
  const [folder, setFolder] = useState("/");
  const [all, setAll] = useState(0);
  const [sent, setSent] = useState(0);
  const [failed, setFailed] = useState<readonly Upload[]>([]);
  const upload = useAction(async (files: readonly Upload[]) => {
    setAll(files.length);
    setSent(0);
    const refused: Upload[] = [];
    for (const [index, one] of files.entries()) {
      const problem = await put(zone, one);
      if (problem !== null) refused.push({ ...one, problem });
      setSent(index + 1);
      setFailed([...refused]);
    }
    done();
  });
  const take = (files: FileList | null) => {
    const into = `/${folder.replace(/^\/+|\/+$/g, "")}/`.replace("//", "/");
    upload.run(Array.from(files ?? [], (file) => ({ path: into + nameOf(file), file, problem: null })));
  };
  const picker = (label: string, isFolder: boolean) => (
    <label class="button quiet picker">
      {label}
      <input
        type="file"
        multiple
        disabled={upload.isRunning}
        {...(isFolder && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = "";
        }}
      />
    </label>
  );
  return (
    <section
      class="card reading"
      aria-label="Upload"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        if (!upload.isRunning) take(event.dataTransfer?.files ?? null);
      }}
    >
      <h2>Upload</h2>
      <TextField
        label="Into the folder"
        hint="Existing files at the same paths are replaced, and purged at once."
        spellcheck={false}
        autocapitalize="none"
        value={folder}
        set={setFolder}
      />
      <div class="buttons">
        {picker("Choose files", false)}
        {picker("Choose a folder", true)}
        <span class="muted">or drop files here; of at most 100 MiB each</span>
      </div>
      <p role="status" class="hint">
        {all > 0 &&
          (upload.isRunning ? `${count(sent)} of ${count(all)}…` : saidOf(all - failed.length, failed.length))}
      </p>
      {failed.length > 0 && (
        <div class="notice bad" role="alert">
          <ul>
            {failed.map(({ path, problem }) => (
              <li key={path}>
                <code>{path}</code> {problem}
              </li>
            ))}
          </ul>
          {!upload.isRunning && (
            <button type="button" class="button quiet" onClick={() => upload.run(failed)}>
              Try these again
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** Null: it was uploaded. The name decides its type, as with the command line, because browsers disagree about types. */
async function put(zone: Schemas["Zone"], { path, file }: Upload): Promise<string | null> {
  try {
    await answerOf(
      rescdn.PUT("/v1/zones/{id}/files/{path}", {
        params: { path: { id: zone.id, path: path.slice(1) } },
        body: new Blob([file]) as unknown as string,
        bodySerializer: (body) => body,
        headers: { "content-type": null },
      }),
    );
    return null;
  } catch (error) {
    return shownOf(error).sentence;
  }
}

/** For a chosen folder: the paths of its content, without the folder's name. */
function nameOf({ name, webkitRelativePath }: File): string {
  return webkitRelativePath === "" ? name : webkitRelativePath.slice(webkitRelativePath.indexOf("/") + 1);
}

function saidOf(uploaded: number, failed: number): string {
  const files = uploaded === 1 ? "One file is" : `${count(uploaded)} files are`;
  return `${files} at the edge${failed > 0 ? `, ${count(failed)} not` : ""}.`;
}
