import { answerOf } from "../calls.ts";
import { cliOf, command } from "../command.ts";
import { dashboardOf } from "../dashboard.ts";
import { openInBrowser } from "../open-in-browser.ts";

/** `rescdn open`. */
export const open = () =>
  command("open", "Open the dashboard in your browser", "rescdn open", "rescdn open my-assets")
    .argument("[zone]", "open the page of this zone")
    .option("--print", "print the address, and open nothing")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const dashboard = await dashboardOf(await cli.api());
      const at = id === undefined ? null : { params: { path: { id } } };
      const zone = at === null ? null : await answerOf((await cli.rescdn()).GET("/v1/zones/{id}", at));
      const url = new URL(zone === null ? "/" : `/zones/${zone.name}`, dashboard).href;
      if (!options.print) await openInBrowser(url);
      cli.show({ url }, () => (options.print ? url : `Opened ${url}`));
    });
