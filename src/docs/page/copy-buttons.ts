/** Gives each block of code a button that copies it. */
export function addCopyButtons(): void {
  for (const block of document.querySelectorAll<HTMLElement>(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    const said = document.createElement("span");
    said.className = "unseen";
    said.role = "status";
    button.addEventListener("click", async () => {
      const isCopied = await copy(block.querySelector("code")!);
      button.textContent = isCopied ? "Copied" : "Press Ctrl+C";
      said.textContent = isCopied ? "Copied" : "The code is selected: copy it with Ctrl+C";
      setTimeout(() => {
        button.textContent = "Copy";
        said.textContent = "";
      }, 2_000);
    });
    block.append(button, said);
  }
}

/** Copies a text. If the browser does not allow that, the text is selected. */
async function copy(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
