// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Date;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.ExchangeTypes;
import org.springframework.amqp.rabbit.annotation.Exchange;
import org.springframework.amqp.rabbit.annotation.Queue;
import org.springframework.amqp.rabbit.annotation.QueueBinding;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.support.AmqpHeaders;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Service;

/**
 * A worker for the events of ticktock in Spring Boot (spring-boot-starter-amqp): calls an address at every event of a key.
 *
 * <p>One queue for all instances of the application, so that one of them gets an event. Messages need no x-message-ttl of
 * the queue: each expires by itself after half of its period.
 */
@Service
public class PingWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PingWorker.class);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI address;

    public PingWorker(@Value("${ping.address}") URI address) {
        this.address = address;
    }

    @RabbitListener(
            bindings =
                    @QueueBinding(
                            value = @Queue(name = "${spring.application.name}.ping", durable = "true"),
                            exchange = @Exchange(name = "cron.schedule", type = ExchangeTypes.TOPIC, durable = "true"),
                            key = "${ping.key:cron.minute.15}"))
    public void onEvent(
            @Header("event") String event, @Header(name = AmqpHeaders.TIMESTAMP, required = false) Date timestamp) {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).build();
        try {
            HttpResponse<Void> answer = client.send(request, HttpResponse.BodyHandlers.discarding());
            LOG.info("{} of {}: {} answers {}", event, timestamp, address, answer.statusCode());
        } catch (java.io.IOException error) {
            // The next event comes: what failed is not tried again.
            LOG.error("{} of {}: {}: {}", event, timestamp, address, error.toString());
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
    }
}
