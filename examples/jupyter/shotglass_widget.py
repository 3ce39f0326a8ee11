"""`<shot-glass>` as a widget. JupyterLab serves the package; what it says of the prompt is told to Python."""

import anywidget
import traitlets


class ShotGlass(anywidget.AnyWidget):
    _esm = """
    async function render({ model, el }) {
      const { baseUrl = '/' } = JSON.parse(document.getElementById('jupyter-config-data').text);
      // This module has no address of its own to start from.
      const path = `${baseUrl}lab/extensions/shotglass/dist/element/define.js`;
      await import(new URL(path, location.href).href);
      el.innerHTML = model.get('tag');
      el.addEventListener('shotglass-result', ({ detail }) => {
        model.set('result', detail);
        model.save_changes();
      });
    }
    export default { render };
    """

    #: The tag, as it would stand in a page.
    tag = traitlets.Unicode().tag(sync=True)

    #: What the live model said last: the detail of the element's `shotglass-result` event.
    result = traitlets.Dict().tag(sync=True)
