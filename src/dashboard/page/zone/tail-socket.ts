import type { Schemas } from "../api/client.ts";
import { account, mode } from "../state/session.ts";

/** A request as it was answered. */
export type RequestEvent = Schemas["RequestEvent"];

/** What the server says. */
type TailMessage = Schemas["TailMessage"];

/** Which requests are told of; empty: all. */
export interface TailFilter {
  status: string;
  cache: string;
  path: string;
}

/** Listens to a zone; what ends that. @param lost is called when the connection ends without a word */
export function openTail(
  zone: string,
  filter: TailFilter,
  take: (message: TailMessage) => void,
  lost: () => void,
): () => void {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
  if (account.value !== null) query.set("account", account.value.id);
  if (mode.value === "test") query.set("mode", "test");
  const url = new URL(`/v1/zones/${zone}/tail?${query}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  let isOver = false;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data) as TailMessage;
    if (message.type === "still-here") socket.send("still here");
    if (message.type === "end") isOver = true;
    take(message);
  };
  socket.onclose = () => {
    if (!isOver) lost();
  };
  return () => {
    isOver = true;
    socket.close();
  };
}
