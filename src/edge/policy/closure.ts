import type { MaintenanceSettings } from "../../zones/settings.ts";
import { addressMatcher } from "./address-matcher.ts";
import type { Clients } from "./clients.ts";

/** A zone's maintenance, in the form in which requests are held to it. */
export interface Closure {
  /** Whether an address is one of those for whom the origin is asked all the same; null: nobody's is. */
  isAllowed: ((address: string) => boolean) | null;
}

export function prepareClosure({ allow = [] }: MaintenanceSettings): Closure {
  return { isAllowed: allow.length === 0 ? null : addressMatcher(allow) };
}

/** Whether the origin is not asked for a request. */
export function isClosedTo(request: Request, { isAllowed }: Closure, clients: Pick<Clients, "addressOf">): boolean {
  if (isAllowed === null) return true;
  const address = clients.addressOf(request);
  return address === null || !isAllowed(address);
}
