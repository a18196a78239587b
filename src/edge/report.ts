/** Makes the handler of a failed write to the store: the answer has gone out, the next request asks the origin again. */
export function reportStoreFailure(key: string): (error: unknown) => void {
  return (error) => console.error(JSON.stringify({ event: "store-failure", key, error: String(error) }));
}
