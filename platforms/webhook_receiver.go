package platforms

import (
	"errors"
	"log/slog"
	"runtime"
	"runtime/debug"

	"parley/inbox"
	"parley/platforms/hook"
)

// receiver is an account with an address here. What its provider does with a
// call, it does to bytes that anybody may have sent: so a panic there costs this
// call and nothing else. It is a mistake of ours all the same, and the log gets
// where it was.
type receiver struct {
	id       inbox.AccountID
	provider string
	hook     hook.Receiver
	log      *slog.Logger
	warned   *throttle
}

// errPanicked is what comes of a call that a receiver could not cope with.
var errPanicked = errors.New("the receiver has panicked")

func (r *receiver) greet(c hook.Call) (a hook.Answer, ok bool, err error) {
	defer r.survive("greet", &err)
	return r.hook.Greet(c)
}

func (r *receiver) verify(c hook.Call) (err error) {
	defer r.survive("verify", &err)
	return r.hook.Verify(c)
}

func (r *receiver) decode(c hook.Call) (list []hook.Delivery, err error) {
	defer r.survive("decode", &err)
	return r.hook.Decode(c)
}

// believes tells whether a call that came to another account of the same
// provider is genuine here too.
func (r *receiver) believes(other *receiver, c hook.Call) bool {
	if k, ok := r.hook.(hook.Kin); ok && k.KinOf(other.hook) {
		return true
	}
	return r.verify(c) == nil
}

// adopt names the conversations of a delivery that another account has decoded.
func (r *receiver) adopt(d hook.Delivery) (_ hook.Delivery, err error) {
	defer r.survive("adopt", &err)
	if a, ok := r.hook.(hook.Adopter); ok {
		return a.Adopt(d), nil
	}
	return d, nil
}

// survive is deferred: it makes an error of a panic, and tells what may be told
// of it. Its value may quote the call, unless it is the runtime's own.
func (r *receiver) survive(doing string, err *error) {
	v := recover()
	if v == nil {
		return
	}
	*err = errPanicked
	what := "of the program's own"
	if e, ok := v.(runtime.Error); ok {
		what = e.Error()
	}
	if more, ok := r.warned.allow("panic " + string(r.id)); ok {
		r.log.Error("panic in a webhook receiver: the call is answered with 500", "account", r.id, "provider", r.provider, "doing", doing,
			"panic", what, "stack", string(debug.Stack()), "more_since", more)
	}
}
