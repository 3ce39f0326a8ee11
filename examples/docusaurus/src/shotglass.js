import ExecutionEnvironment from '@docusaurus/ExecutionEnvironment';

// Pages are rendered once without a browser, where there is nothing to register.
if (ExecutionEnvironment.canUseDOM) import('shotglass/element/define');
