import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { session } from "../state/session.ts";
import { count } from "../ui/format.ts";
import { List } from "../ui/list.tsx";
import { usePaging } from "../ui/pages.tsx";
import { Problem } from "../ui/problem.tsx";
import { Search } from "../ui/search.tsx";
import { Secret } from "../ui/secret.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuery } from "../ui/use-query.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { useTitle } from "../ui/use-title.ts";
import { type FirstKeys, NewAccount, PLANS, type Plan } from "./new-account.tsx";
import { NotFound } from "./not-found.tsx";
import { RecoverAccount, ShownKeys } from "./recover-account.tsx";
import { SuspendAccount } from "./suspend-account.tsx";
import { Takedowns } from "./takedowns.tsx";

type Account = Schemas["OperatedAccount"];

/** All accounts, for people who operate the network. */
export function Operator() {
  useTitle("Operator");
  const paging = usePaging();
  const [email, setEmail] = useQuery<string>("email", "");
  const [zone, setZone] = useQuery<string>("zone", "");
  const [suspending, setSuspending] = useState<Account | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const [isMaking, setMaking] = useState(false);
  const [recovered, setRecovered] = useState<Account | null>(null);
  const [keys, setKeys] = useState<FirstKeys | null>(null);
  const [question, ask] = useQuestion();
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
  const changePlan = ({ id, name, plan: before }: Account, plan: Plan) =>
    ask({
      title: `Change the plan of ${name}?`,
      verb: `Change it to ${plan}`,
      text: (
        <p>
          From <strong>{before}</strong> to <strong>{plan}</strong>, from the next call on. What the account has beyond
          a smaller plan stays; it makes no more of it.
        </p>
      ),
      act: async () => {
        await answerOf(rescdn.PATCH("/admin/accounts/{id}", { ...path(id), body: { plan } }));
        accounts.reload();
      },
    });
  const makeLink = (id: string) =>
    act.run(async () => {
      const made = await answerOf(rescdn.POST("/admin/accounts/{id}/sign-in-link", path(id)));
      setLink(made.url);
    });
  const resume = (id: string) => act.run(() => answerOf(rescdn.POST("/admin/accounts/{id}/resume", path(id))));
  return (
    <>
      <div class="head">
        <h1>Accounts</h1>
        <button type="button" class="button" onClick={() => setMaking(true)}>
          New account
        </button>
      </div>
      <div class="choices">
        <Search
          label="Accounts with this e-mail address"
          placeholder="E-mail address"
          value={email}
          search={(text) => {
            setEmail(text);
            paging.reset();
          }}
        />
        <Search
          label="The account that has this zone"
          placeholder="Zone"
          value={zone}
          search={(text) => {
            setZone(text);
            paging.reset();
          }}
        />
      </div>
      <Problem problem={act.problem} />
      <List
        label="Accounts"
        loaded={accounts}
        lines={6}
        rowsOf={({ accounts: rows }) => rows}
        keyOf={({ id }) => id}
        none={<p class="muted">No such account.</p>}
        paging={{ at: paging, next: ({ next_cursor: next }) => next }}
        columns={[
          {
            head: "Account",
            cell: ({ name, email: address, state, suspended_for: reason }) => (
              <>
                {name}
                {state === "suspended" && (
                  <span class="tag bad" title={reason ?? undefined}>
                    suspended
                  </span>
                )}
                <br />
                <span class="second">{address}</span>
              </>
            ),
          },
          {
            head: "Plan",
            cell: (account) => (
              <select
                aria-label={`Plan of ${account.name}`}
                value={account.plan}
                onChange={({ currentTarget }) => {
                  const wanted = currentTarget.value as Plan;
                  // It keeps showing the current plan until the question is answered.
                  currentTarget.value = account.plan;
                  changePlan(account, wanted);
                }}
              >
                {PLANS.map((plan) => (
                  <option key={plan}>{plan}</option>
                ))}
              </select>
            ),
          },
          { head: "Zones", kind: "number", cell: ({ zones }) => count(zones) },
          { head: "Records", kind: "number", cell: ({ records }) => count(records) },
          { head: "Created", cell: ({ created }) => <Time at={created} /> },
          {
            head: "Actions",
            kind: "actions",
            cell: (account) => (
              <>
                <SmallButton label={`Sign-in link for ${account.name}`} act={() => makeLink(account.id)}>
                  Sign-in link
                </SmallButton>
                <SmallButton label={`New keys for ${account.name}`} act={() => setRecovered(account)}>
                  New keys
                </SmallButton>
                {account.state === "suspended" ? (
                  <SmallButton label={`Resume ${account.name}`} act={() => resume(account.id)}>
                    Resume
                  </SmallButton>
                ) : (
                  <SmallButton label={`Suspend ${account.name}`} act={() => setSuspending(account)}>
                    Suspend
                  </SmallButton>
                )}
              </>
            ),
          },
        ]}
      />
      <Takedowns />
      {isMaking && (
        <NewAccount
          done={(made) => {
            setMaking(false);
            setKeys(made);
            accounts.reload();
          }}
          close={() => setMaking(false)}
        />
      )}
      {recovered !== null && <RecoverAccount recovered={recovered} done={setKeys} close={() => setRecovered(null)} />}
      {keys !== null && <ShownKeys keys={keys} close={() => setKeys(null)} />}
      {suspending !== null && (
        <SuspendAccount account={suspending} done={accounts.reload} close={() => setSuspending(null)} />
      )}
      {link !== null && (
        <Secret title="A link for the owner of the account" secret={link} close={() => setLink(null)} />
      )}
      {question}
    </>
  );
}
