<?php
// The generated client, from new to clear. Usage: bulk-import.php CLIENT ADDRESS PASSWORD
declare(strict_types=1);

[, $client, $address, $password] = $argv;
require '/usr/share/php/GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class) use ($client): void {
    $prefix = 'WebMI\\RocketChatApiClient\\SettingsApi\\';
    if (str_starts_with($class, $prefix)) {
        require $client . '/lib/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    }
});

use WebMI\RocketChatApiClient\SettingsApi\Api;
use WebMI\RocketChatApiClient\SettingsApi\Configuration;
use WebMI\RocketChatApiClient\SettingsApi\Model;

function expect(bool $holds, string $what): void
{
    if (!$holds) {
        throw new RuntimeException("$what does not hold.");
    }
}

// The parameters of Rocket.Chat's generated client; additions of Ferry come behind them and are optional.
$parameters = [
    'getApiV1ImportStatus' => ['x_user_id', 'x_auth_token'],
    'postApiV1ImportAddUsers' => ['x_user_id', 'x_auth_token', 'post_api_v1_import_add_users_request'],
    'postApiV1ImportClear' => ['x_user_id', 'x_auth_token'],
    'postApiV1ImportNew' => ['x_user_id', 'x_auth_token'],
    'postApiV1ImportRun' => ['x_user_id', 'x_auth_token'],
];
foreach ($parameters as $method => $names) {
    $found = (new ReflectionMethod(Api\BulkUserImportApi::class, $method))->getParameters();
    $known = array_map(fn ($parameter) => $parameter->getName(), array_slice($found, 0, count($names)));
    $additions = array_slice($found, count($names));
    $areOptional = array_reduce($additions, fn ($all, $parameter) => $all && $parameter->isOptional(), true);
    expect($known === $names && $areOptional, "The signature of $method");
}

$configuration = (new Configuration())->setHost($address);
$http = new GuzzleHttp\Client(['timeout' => 30]);
$login = (new Api\AuthenticationApi($http, $configuration))->postApiV1Login(
    new Model\PostApiV1LoginRequest(['user' => 'admin', 'password' => $password]));
[$user, $token] = [$login->getData()->getUserId(), $login->getData()->getAuthToken()];
$imports = new Api\BulkUserImportApi($http, $configuration);

$new = $imports->postApiV1ImportNew($user, $token);
expect($new instanceof Model\PostApiV1ImportNew200Response && $new->getSuccess() === true, 'import.new succeeds');
expect($new->getOperation()->getStatus() === 'importer_new', 'The operation is new');

$users = [];
foreach (['john' => '1523', 'jane' => '1524'] as $name => $id) {
    $users[] = ['username' => "php.$name", 'emails' => ["$name@php.example.com"], 'importIds' => ["php-$id"], 'name' => $name];
}
$added = $imports->postApiV1ImportAddUsers($user, $token, new Model\PostApiV1ImportAddUsersRequest(['users' => $users]));
expect($added instanceof Model\PostApiV1SettingsAddCustomOAuth200Response && $added->getSuccess(), 'import.addUsers succeeds');
expect($imports->postApiV1ImportRun($user, $token)->getSuccess() === true, 'import.run succeeds');

$deadline = time() + 60;
do {
    usleep(100_000);
    $status = $imports->getApiV1ImportStatus($user, $token);
} while ($status->getState() === 'importing' && time() < $deadline);
expect($status->getState() === 'done', 'The import is done');
expect($status->getOperation()->getCount()->getCompleted() === 2, 'Two users are imported');
expect($imports->postApiV1ImportClear($user, $token)->getSuccess() === true, 'import.clear succeeds');

$list = (new Api\UsersApi($http, $configuration))->getApiV1UsersList($user, $token);
expect($list->getSuccess() === true && $list->getTotal() >= 4, 'users.list lists the imported users');

echo "PHP: the generated client works.\n";
