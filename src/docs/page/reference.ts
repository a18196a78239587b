/** Starts Swagger UI with the document that the page names. */

interface SwaggerUi {
  (options: Record<string, unknown>): unknown;
  presets: { apis: unknown };
}

declare const SwaggerUIBundle: SwaggerUi;

const document_ = document.querySelector<HTMLLinkElement>('link[rel="service-desc"]')!;
const isDark = matchMedia("(prefers-color-scheme: dark)");
const show = () => document.documentElement.classList.toggle("dark-mode", isDark.matches);
isDark.addEventListener("change", show);
show();

SwaggerUIBundle({
  dom_id: "#reference",
  url: document_.getAttribute("href"),
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  // A typed key is gone when the page is closed, and no third party learns about the document.
  persistAuthorization: false,
  validatorUrl: null,
});
