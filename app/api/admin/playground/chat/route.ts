export { playgroundChat as POST } from '#server/gateway/http/playground-chat'
