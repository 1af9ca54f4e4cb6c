export { openApi as GET } from '#server/gateway/http/open-api'
