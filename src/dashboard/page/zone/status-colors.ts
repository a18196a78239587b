/** By the first digit of a status. */
export const STATUS_COLORS: Readonly<Record<string, `--${string}`>> = {
  "2xx": "--good",
  "3xx": "--accent",
  "4xx": "--warning",
  "5xx": "--bad",
};
