/** The scripts of every page of the documentation. Without them all guides can still be read and found. */
import { addCopyButtons } from "./copy-buttons.ts";
import { followOldLink } from "./old-links.ts";
import { followReader } from "./reading-place.ts";
import { letKeysScroll } from "./scrollers.ts";
import { startSearch } from "./search.ts";

followOldLink();
startSearch();
addCopyButtons();
letKeysScroll();
followReader();
