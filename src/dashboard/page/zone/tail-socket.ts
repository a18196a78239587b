import type { Schemas } from "../api/client.ts";
import { account, mode } from "../state/session.ts";

/** A request and how it was answered. */
export type RequestEvent = Schemas["RequestEvent"];

/** A message from the server. */
type TailMessage = Schemas["TailMessage"];

/** Which requests are shown; empty: all. */
export interface TailFilter {
  status: string;
  cache: string;
  path: string;
}

/** Listens to a zone; returns a function that ends this. @param lost is called when the connection breaks */
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
