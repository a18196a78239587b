import { useEffect } from "preact/hooks";

/** Names the view in the tab, in the history, and for screen readers. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ResCDN`;
  }, [title]);
}
