// Package queue is a bounded waiting line that is fair over clients. It knows
// neither where its items come from nor what is done with them.
//
//	q := queue.New[*Prompt](queue.Options{Limit: 8})
//	displaced, err := q.Put(queue.Item[*Prompt]{Value: p, Client: "kitchen", Deadline: d})
//	...
//	p, err := q.Next(ctx) // one at a time
//	answer(p)
//	q.Done()
//
// Clients take turns: whoever was served last waits until every other client
// that has something waiting was served. A full queue refuses with a
// *[FullError] that says when to come back, measured on what serving took so
// far. There is one exception: when somebody's newcomer would still hold fewer
// places than the client with the most, the newest item of that client gives
// way and is handed back as displaced, so that one sender cannot shut out a
// house.
//
// An item leaves the queue exactly once: by Next, by Expired, by Remove, by
// being displaced, or by Close. Whoever gets it answers for it.
//
// Deadlines are compared as [time.Time] values, on the monotonic clock where they
// carry its reading, so setting the wall clock neither expires nor keeps anything.
package queue
