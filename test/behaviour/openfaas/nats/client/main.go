// Client queues calls and takes them, as OpenFaaS' gateway and queue-worker do: with the same library, subject and queue
// group.
//
//	client publish URL COUNT BYTES   queues calls, numbered from 1, of so many bytes
//	client consume URL LAST          prints the number of each call that it gets, until it gets LAST
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	stan "github.com/nats-io/stan.go"
)

const (
	cluster = "faas-cluster"
	subject = "faas-request"
	group   = "faas"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 4 {
		log.Fatal("client publish URL COUNT BYTES | client consume URL LAST")
	}
	connection, err := stan.Connect(cluster, "client-"+os.Args[1], stan.NatsURL(os.Args[2]))
	if err != nil {
		log.Fatalf("cannot connect: %v", err)
	}
	defer connection.Close()
	if os.Args[1] == "publish" {
		publish(connection, number(3), number(4))
	} else {
		consume(connection, number(3))
	}
}

func number(argument int) int {
	value, err := strconv.Atoi(os.Args[argument])
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func publish(connection stan.Conn, count, size int) {
	for call := 1; call <= count; call++ {
		body := append([]byte(fmt.Sprintf("%d ", call)), bytes.Repeat([]byte("x"), size)...)
		if err := connection.Publish(subject, body[:size]); err != nil {
			log.Fatalf("cannot queue call %d: %v", call, err)
		}
	}
}

func consume(connection stan.Conn, last int) {
	calls := make(chan int)
	handle := func(message *stan.Msg) {
		text, _, _ := bytes.Cut(message.Data, []byte(" "))
		call, err := strconv.Atoi(string(text))
		if err != nil {
			log.Fatalf("a call without a number: %v", err)
		}
		calls <- call
	}
	_, err := connection.QueueSubscribe(subject, group, handle,
		stan.DurableName(subject), stan.AckWait(30*time.Second), stan.DeliverAllAvailable(), stan.MaxInflight(1))
	if err != nil {
		log.Fatalf("cannot subscribe: %v", err)
	}
	for {
		select {
		case call := <-calls:
			fmt.Println(call)
			if call == last {
				return
			}
		case <-time.After(10 * time.Second):
			log.Fatalf("call %d has not come", last)
		}
	}
}
