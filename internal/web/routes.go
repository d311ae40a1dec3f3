package web

import (
	"net/http"

	"kith/internal/fault"
	"kith/internal/httpd"
)

// importBody is how large an archive may be that is sent through a page. Larger ones go through the terminal.
const importBody = 512 << 20

// routes is every page there is.
func (h *Handler) routes() http.Handler {
	mux := http.NewServeMux()
	h.mux = mux
	small := httpd.Limit(httpd.DefaultBody)
	open := func(pattern string, f handler) { mux.Handle(pattern, small(h.open(f))) }
	mine := func(pattern string, f handler) { mux.Handle(pattern, small(h.mine(f))) }
	private := func(pattern string, f handler) { mine(pattern, h.closed(f)) } // closed where a device locks them

	open("GET /{$}", h.home)
	mine("POST /intention", h.intentionSet)
	mine("POST /intention/{id}/done", h.intentionDone)
	mine("POST /intention/{id}/let-go", h.intentionLetGo)
	mine("POST /suggestion", h.suggestionAnswer)
	mine("GET /suggestions", h.suggestionsShow)
	mine("POST /suggestions", h.suggestionsSave)
	mine("POST /suggestions/again", h.suggestionsAgain)
	mine("GET /reach/{id}", h.reachShow)
	mine("POST /reach/{id}", h.reachWords)
	mine("POST /reach/{id}/done", h.reachDone)
	mine("POST /reach/{id}/guess", h.reachGuess)
	mine("POST /intention/{id}/guess", h.intentionGuess)
	mine("GET /landed", h.landedList)
	mine("GET /landed/{id}", h.landedShow)
	mine("POST /landed/{id}", h.landedSay)
	mine("POST /landed/{id}/delete", h.landedDelete)
	mine("GET /practices", h.practicesShow)
	mine("POST /practices", h.practiceNew)
	mine("GET /practices/{id}", h.practiceShow)
	mine("POST /practices/{id}", h.practiceSave)
	mine("POST /practices/{id}/{act}", h.practiceSwitch)

	mine("GET /capture", h.captureShow)
	mine("POST /capture", h.captureSave)

	mine("GET /moments", h.momentsList)
	mine("POST /moments/repeat-last", h.momentRepeatLast)
	mine("GET /moments/{id}", h.momentShow)
	mine("GET /moments/{id}/edit", h.momentEdit)
	mine("POST /moments/{id}", h.momentSave)
	mine("POST /moments/{id}/delete", h.momentDelete)
	mine("POST /moments/{id}/undo", h.momentUndo)
	mine("POST /moments/{id}/repeat", h.momentRepeat)

	mine("GET /pulse", h.pulseShow)
	mine("POST /pulse", h.pulseSave)
	mine("GET /pulse/{id}/edit", h.pulseEdit)
	mine("POST /pulse/{id}", h.pulseChange)
	mine("POST /pulse/{id}/delete", h.pulseDelete)
	mine("POST /pulse/{id}/undo", h.pulseUndo)
	mine("GET /scales", h.scalesShow)
	mine("POST /scales", h.scaleImport)
	mine("GET /scales/{id}", h.scaleShow)
	mine("GET /scales/{id}/take", h.scaleTake)
	mine("POST /scales/{id}/take", h.scaleAnswer)
	mine("POST /scales/{id}/delete", h.scaleDelete)
	mine("POST /scales/{id}/answers/{answer}/delete", h.scaleAnswerDelete)
	mine("POST /scales/{id}/answers/{answer}/undo", h.scaleAnswerUndo)

	h.personRoutes(mux, mine)

	mine("GET /presence", h.presenceShow)
	mine("POST /presence", h.presenceStart)
	mine("GET /presence/{id}", h.quietShow)
	mine("POST /presence/{id}/end", h.presenceEnd)
	mine("POST /presence/{id}/invite", h.presenceInvite)
	mine("POST /presence/{id}/delete", h.presenceDelete)
	mine("GET /breathe", h.breatheOwn)
	mine("GET /breathe/{what}", h.breatheShow)
	open("GET /p/{code}", h.guestShow)
	open("POST /p/{code}", h.guestCome)

	private("GET /reflect", h.reflectShow)
	private("GET /reflect/{day}", h.reflectShow)
	mine("POST /reflect/{day}", h.written(h.reflectSave))
	private("POST /reflect/{day}/delete", h.reflectDelete)
	mine("POST /reflect-setting", h.reflectSetting)
	private("GET /look-back", h.lookShow)
	private("GET /look-back/random", h.lookRandom)
	private("GET /day/{day}", h.dayShow)
	private("GET /week/{week}", h.weekShow)
	mine("POST /week/{week}", h.written(h.weekSave))
	private("GET /year/{year}", h.yearShow)

	private("GET /digest", h.digestShow)
	private("POST /digest", h.digestSave)
	private("POST /digest/send", h.digestSend)
	open("GET /digest/off/{user}/{secret}", h.digestLeaveAsk)
	open("POST /digest/off/{user}/{secret}", h.digestLeave)

	open("GET /setup/{secret}", h.setupShow)
	open("POST /setup/{secret}", h.setupSave)
	open("GET /signin", h.signInShow)
	open("POST /signin", h.signIn)
	open("POST /signin/passkey/ask", h.asking(h.passkeyAskAny))
	open("POST /signin/passkey", h.signInPasskey)
	open("GET /signin/code", h.codeShow)
	open("POST /signin/code", h.codeSave)
	open("POST /signout", h.signOut)
	open("GET /reset/{secret}", h.resetShow)
	open("POST /reset/{secret}", h.resetSave)

	h.importRoutes(mux, mine)
	h.calendarRoutes(mine)
	h.workRoutes(mux, mine)
	open("GET /feed/{name}", h.feedShow)

	mine("GET /settings", h.settingsShow)
	mine("POST /settings/profile", h.settingsProfile)
	mine("POST /settings/email", h.settingsEmail)
	mine("POST /settings/password", h.settingsPassword)
	mine("POST /settings/sessions/revoke-others", h.settingsSessionRevokeOthers)
	mine("POST /settings/sessions/{id}/revoke", h.settingsSessionRevoke)
	mine("POST /settings/tokens", h.settingsTokenNew)
	mine("POST /settings/tokens/{id}/revoke", h.settingsTokenRevoke)
	mine("GET /settings/export", h.settingsExport)
	mine("GET /transfers/{id}", h.transferProgress)
	mine("POST /transfers/{id}/stop", h.transferStop)
	mux.Handle("POST /settings/import", httpd.Limit(importBody)(h.mine(h.settingsImport)))
	mine("POST /settings/delete", h.settingsDelete)

	mine("GET /passkeys", h.passkeysShow)
	mine("POST /passkeys", h.passkeyAdd)
	mine("POST /passkeys/ask", h.asking(h.passkeyAskNew))
	mine("POST /passkeys/codes", h.passkeyCodes)
	mine("POST /passkeys/lock", h.passkeyLock)
	mine("POST /passkeys/close", h.lockNow)
	mine("POST /passkeys/{id}", h.passkeyRename)
	mine("POST /passkeys/{id}/remove", h.passkeyRemove)
	mine("GET /confirm", h.confirmShow)
	mine("GET /unlock", h.confirmShow)
	mine("POST /confirm", h.confirmSave)
	mine("POST /confirm/ask", h.asking(h.passkeyAskOwn))
	mine("POST /confirm/passkey", h.confirmPasskey)

	mine("GET /help/capture", h.helpCapture)
	mine("GET /live", h.liveEvents)

	mux.HandleFunc("GET /static/{name}", serveStatic)
	mux.HandleFunc("GET /favicon.ico", serveFavicon)
	mux.HandleFunc("GET /sw.js", serveWorker)
	open("GET /manifest.webmanifest", h.manifestShow)
	open("GET /offline", h.offlineShow)
	open("/", func(http.ResponseWriter, *http.Request, *visit) error { return fault.NotFound("page") })
	return mux
}
