// What every page loads: htmx with its event stream, and the few things plain HTML cannot do. Every page works without it.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import { startDialogs } from "./dialogs";
import { startDrawer } from "./drawer";
import { startKeys } from "./keys";
import { startLive } from "./live";
import { startPalette } from "./palette";

startDialogs();
startDrawer();
startKeys();
startLive();
startPalette();
