// A Kafka broker in memory, for tests: franz-go's kfake behind mutual TLS.
//
// It writes ca.crt, client.crt and client.key into a folder and prints "listening on PORT". A line "TOPIC VALUE" of its
// input becomes a record; every record of a topic that is printed becomes a line "TOPIC VALUE" of its output.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	folder := flag.String("certificates", "", "where to write the certificates")
	topics := flag.String("topics", "", "topics to make, comma separated")
	printed := flag.String("print", "", "topics whose records are printed, comma separated")
	flag.Parse()
	if err := run(*folder, strings.Split(*topics, ","), strings.Split(*printed, ",")); err != nil {
		log.Fatal(err)
	}
}

func run(folder string, topics, printed []string) error {
	config, err := mutualTLS(folder)
	if err != nil {
		return err
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topics...), kfake.TLS(config))
	if err != nil {
		return err
	}
	defer cluster.Close()
	broker := cluster.ListenAddrs()[0]
	client, err := kgo.NewClient(
		kgo.SeedBrokers(broker),
		kgo.DialTLSConfig(config),
		kgo.ConsumeTopics(printed...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	_, port, err := net.SplitHostPort(broker)
	if err != nil {
		return err
	}
	fmt.Printf("listening on %s\n", port)
	go printRecords(client)
	return produceLines(client)
}

func printRecords(client *kgo.Client) {
	for {
		fetches := client.PollFetches(context.Background())
		if fetches.IsClientClosed() {
			return
		}
		fetches.EachRecord(func(record *kgo.Record) {
			fmt.Printf("%s %s\n", record.Topic, record.Value)
		})
	}
}

func produceLines(client *kgo.Client) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		topic, value, _ := strings.Cut(lines.Text(), " ")
		record := &kgo.Record{Topic: topic, Value: []byte(value)}
		if err := client.ProduceSync(context.Background(), record).FirstErr(); err != nil {
			return err
		}
	}
	return lines.Err()
}
