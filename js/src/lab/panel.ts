/** Plugin: a side panel with the monitors of the kernel of the notebook in front. */
import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { Widget } from "@lumino/widgets";
import { h, render } from "preact";

import { monitorIcon } from "./icon";
import { MonitorList } from "./monitor-list";
import { monitorsOf, type MonitorFacts } from "./monitors";
import { cellThatAssigns, type NotebookContent } from "./reveal";

/** What we need of the document in front; a notebook has both. */
interface WithKernel {
  readonly sessionContext?: ISessionContext;
  readonly content?: NotebookContent;
}

class MonitorPanel extends Widget {
  private front: WithKernel | null = null;
  private monitors: readonly MonitorFacts[] = [];
  private message = "";
  private busy = false;
  private stale = true;

  constructor() {
    super();
    this.id = "prodmon-monitors";
    this.title.icon = monitorIcon;
    this.title.caption = "Monitors of the running kernel";
    this.addClass("prodmon-side-panel");
  }

  /** Follow the kernel of another document; a document without one changes nothing. */
  follow(widget: WithKernel | null): void {
    if (!widget?.sessionContext || widget === this.front) {
      return;
    }
    this.front?.sessionContext?.iopubMessage.disconnect(this.onMessage, this);
    this.front?.sessionContext?.statusChanged.disconnect(this.onStatus, this);
    this.front = widget;
    widget.sessionContext.iopubMessage.connect(this.onMessage, this);
    widget.sessionContext.statusChanged.connect(this.onStatus, this);
    this.monitors = [];
    this.stale = true;
    void this.refreshIfSeen();
  }

  protected override onAfterShow(): void {
    void this.refreshIfSeen();
  }

  private onMessage(_: unknown, message: KernelMessage.IMessage): void {
    // a silent question of ours has no input message, so that asking doesn't ask again
    this.stale ||= message.header.msg_type === "execute_input";
  }

  private onStatus(_: unknown, status: Kernel.Status): void {
    if (status === "idle") {
      void this.refreshIfSeen();
    }
  }

  private async refreshIfSeen(): Promise<void> {
    if (this.isVisible && this.stale && !this.busy) {
      await this.refresh();
    } else {
      this.draw();
    }
  }

  private async refresh(): Promise<void> {
    const kernel = this.front?.sessionContext?.session?.kernel;
    this.stale = false;
    if (!kernel) {
      // one that is still starting says so when it is idle
      this.stale = true;
      this.present([], "No kernel runs for the document in front.");
      return;
    }
    this.busy = true;
    this.draw();
    try {
      const { monitors, problem } = await monitorsOf(kernel);
      const none = monitors.length === 0 ? "No monitor here yet: run pm.Monitor(...) in a notebook." : "";
      this.present(monitors, problem || none);
    } catch (reason) {
      this.present([], reason instanceof Error ? reason.message : String(reason));
    }
  }

  private present(monitors: readonly MonitorFacts[], message: string): void {
    this.monitors = monitors;
    this.message = message;
    this.busy = false;
    this.draw();
  }

  private reveal(name: string): void {
    const content = this.front?.content;
    const index = content ? cellThatAssigns(content, name) : -1;
    if (!content || index < 0) {
      this.present(this.monitors, `No cell of this notebook assigns ${name}.`);
      return;
    }
    content.activeCellIndex = index;
    void content.scrollToItem?.(index, "smart");
  }

  private draw(): void {
    const list = h(MonitorList, {
      monitors: this.monitors,
      message: this.message,
      busy: this.busy,
      refresh: () => void this.refresh(),
      reveal: (name: string) => this.reveal(name),
    });
    render(list, this.node);
  }
}

export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: "prodmon-widgets:panel",
  description: "Lists the monitors of the running kernel.",
  autoStart: true,
  requires: [ILabShell],
  activate: (app: JupyterFrontEnd, shell: ILabShell) => {
    const panel = new MonitorPanel();
    app.shell.add(panel, "left", { rank: 900 });
    shell.currentChanged.connect((_, { newValue }) => panel.follow(newValue as WithKernel | null));
    void app.restored.then(() => panel.follow(shell.currentWidget as WithKernel | null));
  },
};
