'use client'

/** The last resort, when not even the frame could be drawn: no styles and no script are taken for granted. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body
        style={{ fontFamily: 'system-ui, sans-serif', maxWidth: 480, margin: '18vh auto', padding: '0 20px' }}
      >
        <h1 style={{ fontSize: 20 }}>The console could not be drawn</h1>
        <p>{error.message}</p>
        {error.digest ? <p>The server&apos;s log has it as {error.digest}.</p> : null}
        <p>
          {/* A whole reload, since the running page is what failed. */}
          <a href="/">Load the overview again</a>
        </p>
      </body>
    </html>
  )
}
