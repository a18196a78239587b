import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { isAtLeast } from "../state/session.ts";
import { bytes, count } from "../ui/format.ts";
import { List } from "../ui/list.tsx";
import { usePaging } from "../ui/pages.tsx";
import { Search } from "../ui/search.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Time } from "../ui/time.tsx";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { addressOf } from "./address-of.ts";
import { UploadFiles } from "./upload-files.tsx";

/** The files of a zone whose origin is a bucket instead of a server. */
export function ZoneFiles({ zone }: { zone: Schemas["Zone"] }) {
  const path = { id: zone.id };
  const paging = usePaging();
  const [prefix, setPrefix] = useQuery<string>("prefix", "");
  const [question, ask] = useQuestion();
  const query = { limit: 50, ...(paging.cursor && { cursor: paging.cursor }), ...(prefix && { prefix }) };
  const list = useLoaded(
    () => answerOf(rescdn.GET("/v1/zones/{id}/files", { params: { path, query } })),
    [zone.id, paging.cursor, prefix],
  );
  const remove = (file: Schemas["File"]) =>
    ask({
      title: `Delete ${file.path}?`,
      verb: "Delete the file",
      text: <p>The edge answers 404 for it, at once. This cannot be undone.</p>,
      act: async () => {
        await answerOf(
          rescdn.DELETE("/v1/zones/{id}/files/{path}", { params: { path: { ...path, path: file.path.slice(1) } } }),
        );
        list.reload();
      },
      curl: { method: "DELETE", path: `/v1/zones/${zone.name}/files${file.path}` },
    });
  return (
    <>
      {isAtLeast("editor") && <UploadFiles zone={zone} done={list.reload} />}
      <h2>Files</h2>
      <Search
        label="Only files whose paths begin with this"
        placeholder="Path begins with /assets/"
        value={prefix}
        search={(text) => {
          setPrefix(text);
          paging.reset();
        }}
      />
      <List
        label="Files"
        loaded={list}
        lines={4}
        rowsOf={({ files }) => files}
        keyOf={(file) => file.path}
        none={<p class="muted">{prefix === "" ? "There are none yet." : `No file's path begins with ${prefix}.`}</p>}
        paging={{ at: paging, next: ({ next_cursor: next }) => next }}
        columns={[
          {
            head: "Path",
            cell: (file) => (
              <a href={addressOf(zone.subdomain) + file.path} rel="noreferrer" target="_blank">
                {file.path}
              </a>
            ),
          },
          { head: "Type", cell: ({ content_type: type }) => <code>{type}</code> },
          {
            head: "Size",
            kind: "number",
            title: ({ size }) => `${count(size)} bytes`,
            cell: ({ size }) => bytes(size),
          },
          { head: "Uploaded", cell: ({ uploaded }) => <Time at={uploaded} /> },
          {
            head: "Actions",
            kind: "actions",
            cell: (file) =>
              isAtLeast("editor") && (
                <SmallButton label={`Delete ${file.path}`} act={() => remove(file)}>
                  Delete
                </SmallButton>
              ),
          },
        ]}
      />
      {list.data && (
        <p class="muted">
          In the account: {count(list.data.account.files)} of {count(list.data.account.files_limit)} files,{" "}
          {bytes(list.data.account.bytes)} of {bytes(list.data.account.bytes_limit)}
        </p>
      )}
      {question}
    </>
  );
}
