import { BOUNDS } from "../db/bounds.ts";

/** How long usage is kept by the hour, and by the day (days). */
export const HOURS_KEPT_DAYS = 92;
export const DAYS_KEPT_DAYS = BOUNDS.packed.days;
