module.exports = {
  title: 'shotglass with Docusaurus',
  url: 'https://example.org',
  baseUrl: '/project/',
  clientModules: ['./src/shotglass.js'],
  presets: [['classic', { docs: { routeBasePath: '/' }, blog: false, pages: false }]],
};
