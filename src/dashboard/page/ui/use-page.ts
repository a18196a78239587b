import { useQuery } from "./use-query.ts";

/** The page number of a list, kept in the address: `?page=3`. */
export function usePage(): [page: number, go: (page: number) => void] {
  const [text, setText] = useQuery<string>("page", "1");
  const page = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 1;
  return [page, (to) => setText(String(to))];
}
