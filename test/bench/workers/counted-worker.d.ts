/** The Worker under count; the build puts it in this name's place. */
declare module "counted-worker" {
  const worker: { fetch(request: Request, env: object, context: unknown): Response | Promise<Response> };
  export default worker;
}
