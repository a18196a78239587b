import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { session } from "../state/session.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Field } from "../ui/field.tsx";
import { count } from "../ui/format.ts";
import { Loading } from "../ui/loading.tsx";
import { Pages, usePaging } from "../ui/pages.tsx";
import { Problem } from "../ui/problem.tsx";
import { Secret } from "../ui/secret.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";
import { NotFound } from "./not-found.tsx";

type Account = Schemas["OperatedAccount"];
type Plan = Account["plan"];

const PLANS: readonly Plan[] = ["free", "pro", "enterprise"];

/** All accounts, for who operates the network. */
export function Operator() {
  useTitle("Operator");
  const paging = usePaging();
  const [email, setEmail] = useState("");
  const [zone, setZone] = useState("");
  const [suspending, setSuspending] = useState<Account | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const query = {
    limit: 50,
    ...(paging.cursor && { cursor: paging.cursor }),
    ...(email && { email }),
    ...(zone && { zone }),
  };
  const accounts = useLoaded(
    () => answerOf(rescdn.GET("/admin/accounts", { params: { query } })),
    [paging.cursor, email, zone],
  );
  const act = useAction(async (change: () => Promise<unknown>) => {
    await change();
    accounts.reload();
  });
  if (!session.value?.person.operator) return <NotFound />;
  const path = (id: string) => ({ params: { path: { id } } });
  return (
    <>
      <div class="head">
        <h1>Accounts</h1>
        <div class="choices">
          <input
            type="search"
            aria-label="Accounts of this e-mail address"
            placeholder="E-mail address"
            value={email}
            onInput={({ currentTarget }) => {
              setEmail(currentTarget.value.trim());
              paging.reset();
            }}
          />
          <input
            type="search"
            aria-label="The account that has this zone"
            placeholder="Zone"
            value={zone}
            onInput={({ currentTarget }) => {
              setZone(currentTarget.value.trim());
              paging.reset();
            }}
          />
        </div>
      </div>
      <Problem problem={act.problem} />
      <Loading loaded={accounts} lines={6}>
        {({ accounts: rows, next_cursor: next }) => (
          <>
            <div class="table">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Account</th>
                    <th scope="col">Plan</th>
                    <th scope="col" class="number">
                      Zones
                    </th>
                    <th scope="col" class="number">
                      Records
                    </th>
                    <th scope="col">Created</th>
                    <th scope="col">
                      <span class="unseen">What to do</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((account) => (
                    <tr key={account.id}>
                      <th scope="row">
                        {account.name}
                        {account.state === "suspended" && (
                          <span class="tag bad" title={account.suspended_for ?? undefined}>
                            suspended
                          </span>
                        )}
                        <br />
                        <span class="muted">{account.email}</span>
                      </th>
                      <td>
                        <select
                          aria-label={`Plan of ${account.name}`}
                          value={account.plan}
                          onChange={({ currentTarget: { value } }) =>
                            act.run(() =>
                              answerOf(
                                rescdn.PATCH("/admin/accounts/{id}", {
                                  ...path(account.id),
                                  body: { plan: value as Plan },
                                }),
                              ),
                            )
                          }
                        >
                          {PLANS.map((plan) => (
                            <option key={plan}>{plan}</option>
                          ))}
                        </select>
                      </td>
                      <td class="number">{count(account.zones)}</td>
                      <td class="number">{count(account.records)}</td>
                      <td>
                        <Time at={account.created} />
                      </td>
                      <td class="actions">
                        <button
                          type="button"
                          class="button quiet small"
                          onClick={() =>
                            act.run(async () => {
                              const made = await answerOf(
                                rescdn.POST("/admin/accounts/{id}/sign-in-link", path(account.id)),
                              );
                              setLink(made.url);
                            })
                          }
                        >
                          Sign-in link
                        </button>
                        {account.state === "suspended" ? (
                          <button
                            type="button"
                            class="button quiet small"
                            onClick={() =>
                              act.run(() => answerOf(rescdn.POST("/admin/accounts/{id}/resume", path(account.id))))
                            }
                          >
                            Resume
                          </button>
                        ) : (
                          <button type="button" class="button quiet small" onClick={() => setSuspending(account)}>
                            Suspend
                          </button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {rows.length === 0 && <p class="muted">No such account.</p>}
            <Pages paging={paging} next={next} />
          </>
        )}
      </Loading>
      {suspending !== null && <Suspend account={suspending} done={accounts.reload} close={() => setSuspending(null)} />}
      {link !== null && (
        <Secret title="A link for the owner of the account" secret={link} close={() => setLink(null)} />
      )}
    </>
  );
}

function Suspend({ account, done, close }: { account: Account; done(): void; close(): void }) {
  const [reason, setReason] = useState("");
  const suspend = async () => {
    await answerOf(
      rescdn.POST("/admin/accounts/{id}/suspend", { params: { path: { id: account.id } }, body: { reason } }),
    );
    done();
  };
  return (
    <Confirm title={`Suspend ${account.name}?`} verb="Suspend" act={suspend} close={close}>
      <p>Its zones answer 403 within seconds, its names do not resolve, its keys change nothing. Nothing is deleted.</p>
      <Field label="Reason" hint="The audit log keeps it, and the account's owners can read it.">
        {(attributes) => (
          <input
            {...attributes}
            required
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        )}
      </Field>
    </Confirm>
  );
}
