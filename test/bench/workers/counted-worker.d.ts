/** The Worker being counted; the build puts it in place of this name. */
declare module "counted-worker" {
  const worker: { fetch(request: Request, env: object, context: unknown): Response | Promise<Response> };
  export default worker;
}
