/** Plugin: where the model of one of our views is gone, the static facts of its output stand in its place.
 *
 * JupyterLab prefers the widget view of an output even when nothing can draw it, and then says "model not found". We
 * wrap the renderer that a notebook makes for a widget view, watch whether a live view arrives, and else show the
 * text/html that the same output carries.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Panel, Widget } from "@lumino/widgets";

export const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";
const FACTS = "text/html";
/** How our views mark their facts. */
const OURS = /\bprodmon-/;
/** How long a view may take before the facts show: widgets of a kernel that lives arrive within a second or two. */
const PATIENCE_MS = 2500;
/** When a renderer that still waits is made anew. A notebook's widget manager comes after its first outputs and looks for
 * their renderers itself, but not inside of ours; one that is made later knows the manager. */
const AGAIN_MS = [400, 800, 1600, 3200, 6400, 12_800];

/** What ipywidgets puts where it can't load the code of a widget. */
const BROKEN = ".jupyter-widgets-error-widget";
const CURE =
  "JupyterLab can't load the code of this view: the kernel has another version of anywidget, bqplot or ipywidgets than " +
  "JupyterLab, or JupyterLab has none. Install the same versions where both run, and reload the page.";

type CreateRenderer = (mimeType: string) => IRenderMime.IRenderer;

/** A renderer of widget views that shows the facts while and where there is no live view. */
export class ViewOrFacts extends Panel implements IRenderMime.IRenderer {
  private readonly observer = new MutationObserver(() => this.settle());
  private timers: ReturnType<typeof setTimeout>[] = [];
  private patient = true;
  private readonly cure = new Widget();

  constructor(
    private view: IRenderMime.IRenderer,
    private readonly create: CreateRenderer,
  ) {
    super();
    this.addClass("prodmon-view-or-facts");
    this.addWidget(view);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const facts = model.data[FACTS];
    if (typeof facts !== "string" || !OURS.test(facts)) {
      return this.view.renderModel(model);
    }
    // never awaited: without a kernel the widget renderer waits for ever
    void this.view.renderModel(model);
    if (this.widgets.length === 1) {
      const page = this.create(FACTS);
      page.addClass("prodmon-facts-page");
      this.addWidget(page);
      this.watch();
      this.after(PATIENCE_MS, () => {
        this.patient = false;
        this.settle();
      });
      this.cure.node.textContent = CURE;
      this.cure.node.setAttribute("role", "alert");
      this.cure.addClass("prodmon-cure");
      this.insertWidget(1, this.cure);
      for (const delay of AGAIN_MS) {
        this.after(delay, () => this.again(model));
        this.after(delay, () => this.settle());
      }
      await page.renderModel(model);
    }
    this.settle();
  }

  override dispose(): void {
    this.observer.disconnect();
    this.timers.forEach(clearTimeout);
    super.dispose();
  }

  private after(delay: number, act: () => void): void {
    this.timers.push(setTimeout(act, delay));
  }

  private watch(): void {
    this.observer.observe(this.view.node, { childList: true, attributes: true, attributeFilter: ["class"] });
  }

  private again(model: IRenderMime.IMimeModel): void {
    if (this.live || this.failed || this.broken || this.view.isHidden) {
      return;
    }
    this.observer.disconnect();
    this.view.dispose();
    this.view = this.create(WIDGET_VIEW);
    this.insertWidget(0, this.view);
    this.watch();
    void this.view.renderModel(model);
    this.settle();
  }

  private get live(): boolean {
    return this.view.node.childElementCount > 0 && !this.broken;
  }

  /** A view that can't be loaded is drawn as a picture of a broken file, also where it is a part of another. */
  private get broken(): boolean {
    return this.view.node.querySelector(BROKEN) !== null;
  }

  private get failed(): boolean {
    return this.view.hasClass("jupyter-widgets");
  }

  /** A live view is an element; a widget renderer that waits or has failed holds nothing but a line of text. */
  private settle(): void {
    const { live, failed, broken } = this;
    const closed = this.view.isHidden;
    this.node.dataset["prodmonStatic"] = String(!live && !closed && (failed || broken || !this.patient));
    this.cure.setHidden(!broken);
  }
}

/** What we need of a notebook: the registry of renderers of its own. */
interface RenderingContent {
  readonly content: { readonly rendermime: { createRenderer: CreateRenderer } };
}

function wrap({ rendermime }: RenderingContent["content"]): void {
  const create = rendermime.createRenderer.bind(rendermime);
  rendermime.createRenderer = (mimeType) => {
    const renderer = create(mimeType);
    return mimeType === WIDGET_VIEW ? new ViewOrFacts(renderer, create) : renderer;
  };
}

export const fallbackPlugin: JupyterFrontEndPlugin<void> = {
  id: "prodmon-widgets:fallback",
  description: "Shows the static facts of a view whose model is gone.",
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    app.docRegistry.addWidgetExtension("Notebook", {
      createNew: (panel) => wrap((panel as unknown as RenderingContent).content),
    });
  },
};
