/** The schedule by which `npm run serve` announces that this process is about to end. No cron has this name. */
export const DRAIN = "drain";
