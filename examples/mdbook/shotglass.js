// mdBook's scripts are no modules, but can import them: from beside this file, where src/shotglass is copied to.
import('./shotglass/dist/element/define.js');
