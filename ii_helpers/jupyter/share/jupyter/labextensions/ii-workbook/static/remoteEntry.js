// What JupyterLab asks of an extension that was built before (module federation), by hand: it
// knows the pages of the workbook, brings their stylesheet, lets their button wait, saves them, and
// says when nothing reaches their kernel. Voila, which the app is, reads it, too.
{
  const START = "[data-commandlinker-command='notebook:run-all-cells']";
  const PATIENCE = 60_000; // milliseconds
  const DOUBLE_CLICK = 800; // milliseconds, and within so many pixels:
  const STEADY = 20;
  const QUIET = 1000;
  const GONE = 5000; // a connection that is back by then is nobody's trouble
  const CUT_OFF =
    "No connection. What you type now is not kept until this line goes away. Did you close the " +
    "window in which the workbook runs? Then copy what you have just typed, start the workbook " +
    "again, and go on at the address that it gives.";
  const sheet = new URL("page.css", document.currentScript.src).href;

  const style = () => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: sheet });
    document.head.append(link);
    return { link };
  };

  // Cells that are run before there is a kernel are passed over in silence, so a click that comes
  // too early is kept until there is one. Two clicks would run the page twice and open its text; and
  // as a page that runs scrolls to its end, the second may meet a link or a button there.
  const onceThereIsAKernel = (panel, session) => {
    let waits = true;
    const patience = new Promise((end) => setTimeout(end, PATIENCE));
    const kernel = session.ready.then(() => session.session?.kernel?.info).catch(() => {});
    const begun = Promise.race([kernel, patience]).then(() => (waits = false));
    let pressed = { timeStamp: -Infinity };
    const follows = (event) =>
      event.isTrusted && event.timeStamp - pressed.timeStamp < DOUBLE_CLICK &&
      Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) < STEADY;
    const keep = (event) => {
      const start = event.target.closest(START);
      const again = follows(event) || (start && (event.detail > 1 || start.ariaBusy));
      if (start && !again) pressed = event;
      if (!again && !(start && waits)) return;
      event.stopPropagation();
      if (again) return event.preventDefault();
      start.ariaBusy = "true";
      begun.then(() => {
        start.ariaBusy = null;
        panel.node.querySelector(START)?.click();
      });
    };
    panel.node.addEventListener("click", keep, true);
    panel.node.addEventListener("dblclick", keep, true);
  };

  // A page is saved as soon as nothing more changes on it: notes of one's own are not left to a
  // clock, and a browser that is closed has nothing to ask about unsaved changes.
  const saveWhenQuiet = (context) => {
    // What is written while a save is under way counts as saved for JupyterLab, and is not.
    let [soon, isUnderWay, isMissed] = [0, false, false];
    const save = () => {
      if (context.isDisposed || !context.contentsModel?.writable) return;
      if (!context.model.dirty && !isMissed) return;
      isMissed = false;
      // It has said what is wrong, and JupyterLab tries again by its own clock.
      context.save().catch(() => context.model.contentChanged.disconnect(wait));
    };
    const wait = () => {
      isMissed ||= isUnderWay;
      clearTimeout(soon);
      soon = setTimeout(save, QUIET);
    };
    context.model.contentChanged.connect(wait);
    context.saveState.connect((_, state) => (isUnderWay = state === "started"));
  };

  // A form looks alive when its kernel is out of reach. What is typed meanwhile arrives when the
  // connection comes back; until then, leaving the page would lose it.
  const sayWhenCutOff = (node, kernel, status) => {
    const line = Object.assign(document.createElement("div"), { className: "ii-cut-off", role: "alert" });
    line.textContent = CUT_OFF;
    let [wasThere, isAway, isTyped, soon] = [false, false, false, 0];
    const hear = (_, status) => {
      clearTimeout(soon);
      wasThere ||= status === "connected";
      isAway = wasThere && (status === "connecting" || (status !== "connected" && line.isConnected));
      isTyped &&= isAway;
      if (isAway) soon = setTimeout(() => node.append(line), GONE);
      else line.remove();
    };
    kernel.connectionStatusChanged.connect(hear);
    hear(null, status);
    node.addEventListener("input", () => (isTyped ||= isAway));
    window.addEventListener("beforeunload", (event) => {
      if (line.isConnected && isTyped) event.preventDefault();
    });
  };

  // JupyterLab follows no link to another notebook that a cell has made.
  const openPages = (app, panel, context) => {
    panel.node.addEventListener("click", (event) => {
      const page = event.target.closest(".ii-where a")?.getAttribute("href");
      if (!page || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      app.commands.execute("docmanager:open", { path: context.path.replace(/[^/]*$/, page) });
    });
  };

  const createNew = (app, panel, context) => {
    context.ready.then(() => {
      if (!context.model.getMetadata("ii_workbook")) return;
      const { sessionContext } = context;
      panel.addClass("ii-page");
      onceThereIsAKernel(panel, sessionContext);
      openPages(app, panel, context);
      saveWhenQuiet(context);
      sayWhenCutOff(panel.node, sessionContext, sessionContext.session?.kernel?.connectionStatus);
    });
  };
  const activate = (app) => {
    app.docRegistry.addWidgetExtension("Notebook", { createNew: createNew.bind(null, app) });
    app.widgetManagerPromise?.promise?.then(({ kernel }) => // Voila's
      sayWhenCutOff(document.body, kernel, kernel.connectionStatus));
  };
  const extension = () => ({ id: "ii-workbook:page", autoStart: true, activate });

  (window._JUPYTERLAB ??= {})["ii-workbook"] = {
    init: () => {},
    get: async (module) => ({ "./style": style, "./extension": extension })[module],
  };
}
